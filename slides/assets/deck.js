'use strict';
// Turns the pages by keys, clicker, touch and address; overview, theme and print. The speaker's window is the same page (speaker.js).

const slides = [...document.querySelectorAll('.slide')];
const live = document.getElementById('live');
const root = document.documentElement;
const listeners = [];
let current = 0;

const stepper = (slide = slides[current]) => slide.querySelector('lane-stepper');

/** Returns the slide and the schedule that an address names, such as #4?s=1221. */
function parse(hash) {
  const [, number, picks] = /^#(\d+)(?:\?s=(\w*))?$/.exec(hash) ?? [];
  const index = Math.min(Math.max(Number(number ?? 1), 1), slides.length) - 1;
  return { index, picks };
}

function address() {
  const state = stepper()?.state;
  const picks = state && !state.asks && state.mode === 'play' && state.picks ? `?s=${state.picks}` : '';
  return `#${current + 1}${picks}`;
}

function remember() {
  if (location.hash !== address()) history.replaceState(null, '', address());
}

function show(index, { announce = true } = {}) {
  current = Math.min(Math.max(index, 0), slides.length - 1);
  slides.forEach((slide, other) => {
    slide.classList.toggle('on', other === current);
    slide.classList.toggle('next', other === current + 1);
  });
  remember();
  const slide = slides[current];
  document.title = `${slide.dataset.title} · ${document.body.dataset.title}`;
  if (announce) live.textContent = `Slide ${current + 1} of ${slides.length}: ${slide.dataset.title}`;
  if (document.body.classList.contains('overview')) slide.scrollIntoView({ block: 'nearest' });
  tell();
}

/** Tells the windows that follow this page where it is. */
function tell() { listeners.forEach((listener) => listener()); }

function toggleTheme() {
  root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem('theme', root.dataset.theme); } catch { /* a page from disk may have no storage */ }
}

function toggleHandout() {
  const isOn = root.classList.toggle('handout');
  live.textContent = isOn ? 'Printing now gives a handout: each slide with its notes.' : 'Printing now gives the slides without their notes.';
}

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen?.().catch(() => {});
}

/** Does what a key stands for; returns whether it stands for anything. */
function press(key) {
  if (document.getElementById('help').open) return false;
  const isOverview = document.body.classList.contains('overview');
  if (!isOverview && stepper()?.key(key)) { tell(); return true; }
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'ArrowRight': case 'PageDown': case ' ': show(current + 1); return true;
    case 'ArrowLeft': case 'PageUp': show(current - 1); return true;
    case 'Home': show(0); return true;
    case 'End': show(slides.length - 1); return true;
    case 'd': toggleTheme(); return true;
    case 'f': toggleFullScreen(); return true;
    case 'n': toggleHandout(); return true;
    case 'o': document.body.classList.toggle('overview'); show(current); return true;
    case 'Enter': case 'Escape':
      if (!isOverview) return false;
      document.body.classList.remove('overview');
      show(current);
      return true;
    case 's': openSpeaker(); return true;
    case '?': document.getElementById('help').showModal(); return true;
  }
  return false;
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isOnButton = event.target.closest?.('button, a, dialog') && [' ', 'Enter'].includes(event.key);
  if (isOnButton || !pressHere(event.key)) return;
  event.preventDefault();
});
// The speaker's window passes its keys on to the projected page.
let pressHere = press;

addEventListener('hashchange', () => {
  const { index, picks } = parse(location.hash);
  show(index);
  if (picks !== undefined) stepper()?.replay(picks);
});
document.addEventListener('step', () => { remember(); tell(); });
document.addEventListener('click', (event) => {
  const slide = event.target.closest('.slide');
  if (!slide || !document.body.classList.contains('overview')) return;
  document.body.classList.remove('overview');
  show(slides.indexOf(slide));
});

let touch;
addEventListener('touchstart', (event) => { touch = event.touches.length === 1 ? event.touches[0] : undefined; }, { passive: true });
addEventListener('touchend', (event) => {
  const end = event.changedTouches[0];
  if (!touch || event.target.closest('button, a, dialog')) return;
  const [x, y] = [end.clientX - touch.clientX, end.clientY - touch.clientY];
  if (Math.abs(x) > 40 && Math.abs(x) > 2 * Math.abs(y)) pressHere(x < 0 ? 'ArrowRight' : 'ArrowLeft');
}, { passive: true });
document.querySelectorAll('#turn button').forEach((button) => button.addEventListener('click', () => pressHere(button.dataset.key)));

// On paper every stepper shows its schedule to the end.
let mementos;
addEventListener('beforeprint', () => {
  mementos = slides.map((slide) => stepper(slide)?.memento);
  slides.forEach((slide) => stepper(slide)?.toEnd());
});
addEventListener('afterprint', () => {
  slides.forEach((slide, index) => { if (mementos?.[index]) stepper(slide).memento = mementos[index]; });
});

function begin() {
  try { root.dataset.theme = localStorage.getItem('theme') ?? 'light'; } catch { root.dataset.theme = 'light'; }
  if (new URLSearchParams(location.search).has('handout')) root.classList.add('handout');
  const { index, picks } = parse(location.hash);
  show(index, { announce: false });
  if (picks !== undefined) stepper()?.replay(picks);
}
