//! Builds a page in one file: colours and scripts are inside, and a browser loads nothing else.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The styles of the slides, whose colours all pages share.
pub const DECK: &str = include_str!("../../../slides/assets/deck.css");
const STYLE: &str = include_str!("../assets/class.css");

/// Returns the rules of the slides' colours. The dark ones apply if the reader's system is dark.
pub fn colours() -> String {
    let block = |selector: &str| {
        let rest = DECK.split_once(selector).map_or("", |(_, rest)| rest);
        rest.split_once('}').map_or("", |(block, _)| block)
    };
    let (light, dark) = (block("\n:root {"), block(":root[data-theme=\"dark\"] {"));
    format!(
        ":root {{{light}}}\n@media (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) {{{dark}}} }}\n"
    )
}

/// Builds a page from its title, its own styles, what is in `<main>`, and a script.
pub fn page(title: &str, class: &str, styles: &str, content: &Markup, script: &str) -> String {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(styles)) (PreEscaped(colours())) (PreEscaped(STYLE)) }
            }
            body class=(class) {
                main { (content) }
                script { (PreEscaped(script)) }
            }
        }
    }
    .into_string()
}
