'use strict';
// Steppers without a deck. A stepper takes the keys while it has the focus; the address holds its schedule.

// A page that names no theme has the system's.
document.documentElement.dataset.theme ??= matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
const steppers = [...document.querySelectorAll('lane-stepper')];
steppers.forEach((stepper) => { stepper.id = `stepper-${stepper.parentElement.id}`; });

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.('button, a') && [' ', 'Enter'].includes(event.key)) return;
  if (event.key.toLowerCase() === 'd') {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    return;
  }
  const stepper = event.target.closest?.('section')?.querySelector('lane-stepper') ?? (steppers.length === 1 ? steppers[0] : null);
  if (stepper?.key(event.key)) event.preventDefault();
});

// A button that a step disables loses the focus. The keys stay with its stepper.
let focused;
addEventListener('focusin', (event) => { focused = event.target.closest('section'); });
addEventListener('step', (event) => {
  if (document.activeElement === document.body && focused?.contains(event.target)) focused.focus({ preventScroll: true });
});

function follow() {
  const [, id, picks] = /^#(stepper-[\w-]+)\?s=(\w*)$/.exec(location.hash) ?? [];
  const stepper = steppers.find((stepper) => stepper.id === id);
  if (!stepper) return;
  stepper.replay(picks);
  stepper.scrollIntoView({ block: 'center' });
}
addEventListener('hashchange', follow);
steppers.forEach((stepper) => stepper.draw());
follow();
