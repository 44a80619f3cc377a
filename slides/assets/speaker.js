'use strict';
// The speaker's window: the same page with ?speaker. It shows the slide, the next slide, the notes, and a clock beside the plan.
// Both windows tell each other where they are. A page from disk may exchange messages only with the page that opened it.

const isSpeaker = new URLSearchParams(location.search).has('speaker');
let other = isSpeaker ? window.opener : null;
let isFollowing = false;

function openSpeaker() {
  if (isSpeaker) return;
  other = window.open(`${location.href.split(/[?#]/)[0]}?speaker${location.hash}`, 'speaker', 'width=1100,height=760');
  if (!other) live.textContent = 'The browser blocked the speaker window: allow pop-ups for this page.';
}

function where() { return { deck: document.body.dataset.title, slide: current, stepper: stepper()?.memento, theme: root.dataset.theme }; }

listeners.push(() => { if (!isFollowing && other && !other.closed) other.postMessage(where(), '*'); });

addEventListener('message', ({ data, source }) => {
  if (source !== other || data?.deck !== document.body.dataset.title) return;
  if (data.hello) { tell(); return; }
  if (data.key !== undefined) { press(data.key); return; }
  isFollowing = true; // otherwise the two windows would send each other messages for ever
  if (data.slide !== current) show(data.slide, { announce: isSpeaker });
  if (data.stepper && stepper()) stepper().memento = data.stepper;
  isFollowing = false;
  if (isSpeaker) drawClock();
});

const minutes = slides.map((slide) => Number(slide.dataset.minutes));
const planned = (count) => minutes.slice(0, count).reduce((sum, minute) => sum + minute, 0);
let started = null;

function clock(seconds) {
  const all = Math.round(Math.abs(seconds)), two = (number) => String(number).padStart(2, '0');
  return `${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

function drawClock() {
  if (started === null && current > 0) started = Date.now();
  const elapsed = started === null ? 0 : (Date.now() - started) / 1000;
  const [from, to] = [planned(current) * 60, planned(current + 1) * 60];
  const late = elapsed > to ? elapsed - to : elapsed < from ? elapsed - from : 0;
  const verdict = late === 0 ? 'on time' : `${clock(late)} ${late > 0 ? 'behind' : 'ahead'}`;
  document.getElementById('elapsed').textContent = clock(elapsed);
  document.getElementById('plan').textContent =
    `Slide ${current + 1} of ${slides.length}, planned ${clock(from)} to ${clock(to)} of ${planned(slides.length)} minutes: ${verdict}.`;
  document.getElementById('time').textContent = new Date().toTimeString().slice(0, 5);
}

function drawSpeaker() {
  document.body.classList.add('speaker');
  const button = (key, text) => make('button', { type: 'button', text, on: () => pressHere(key) });
  document.body.append(make('aside', { id: 'speaker', 'aria-label': 'Speaker' }, [
    make('div', { class: 'clock', id: 'elapsed' }),
    make('p', { id: 'plan' }),
    make('p', {}, ['It is ', make('span', { id: 'time' }), '. The clock starts when you leave the first slide.']),
    make('div', { class: 'row' }, [
      button('PageUp', '← back'), button('PageDown', 'next →'),
      make('button', { type: 'button', text: 'restart the clock', on: () => { started = Date.now(); drawClock(); } }),
    ]),
  ]));
  // The projected page handles steps and pages, and this window everything else.
  pressHere = (key) => {
    if (/^[dnf?]$/i.test(key) || !other || other.closed) return press(key);
    other.postMessage({ deck: document.body.dataset.title, key }, '*');
    return true;
  };
  listeners.push(drawClock);
  setInterval(drawClock, 1000);
  other?.postMessage({ deck: document.body.dataset.title, hello: true }, '*');
}

begin();
if (isSpeaker) { drawSpeaker(); drawClock(); }
