'use strict';
// Walks the graph of states that Rust computed. This file contains no rules of memory or threads.

/** Creates an element with a class, text or children, and attributes. */
function make(name, { class: className, text, on, ...attributes } = {}, children = []) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (on) element.addEventListener('click', on);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

class LaneStepper extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = JSON.parse(this.querySelector('script').textContent);
    this.code = this.querySelector('.code');
    this.controls = make('div', { class: 'controls', role: 'group', 'aria-label': 'Stepper' });
    this.says = make('p', { class: 'says', role: 'status', 'aria-live': 'polite' });
    this.right = make('div', { class: 'right' });
    this.share = make('a', { class: 'share' });
    this.code.append(this.share);
    this.prepend(this.controls, this.says);
    this.append(this.right);
    this.clear();
  }

  /** Without a question the page only plays its exhibit: there is nothing to predict and no other schedule. */
  get isReplay() { return !this.data.question; }

  /** Goes back to the start: nothing is predicted, nothing has run. */
  clear() {
    this.state = { asks: !this.isReplay, mode: this.data.mode, picks: '', hint: false, predicted: [] };
    this.draw();
  }

  get memento() { return JSON.stringify(this.state); }
  set memento(text) { if (text !== this.memento) { this.state = JSON.parse(text); this.draw(); } }

  /** Replays a schedule up to the first pick that is impossible. */
  replay(picks) {
    this.state = { ...this.state, asks: false, mode: this.isReplay ? 'witness' : 'play', picks: '' };
    for (const pick of picks) {
      if (!this.move(this.path().at(-1), pick)) break;
      this.state.picks += pick;
    }
    this.draw();
  }

  move(place, pick) { return place.moves.find((move) => move.pick === pick); }

  /** The exhibit may begin elsewhere: an execution that is no order of steps has places of its own. */
  first(mode = this.state.mode) { return this.data.places[mode === 'witness' ? this.data.exhibit.start : 0]; }

  path() {
    const places = [this.first()];
    for (const pick of this.state.picks) places.push(this.data.places[this.move(places.at(-1), pick).to]);
    return places;
  }

  go(change) { this.state = { ...this.state, ...change }; this.draw(); return true; }
  pick(pick) { return this.move(this.path().at(-1), pick) ? this.go({ picks: this.state.picks + pick }) : false; }

  /** Takes one step; returns false if there is none, so that the deck turns the page. */
  next() {
    if (this.state.asks) return this.go({ asks: false });
    const { picks } = this.data.exhibit;
    if (this.state.mode !== 'witness' || this.state.picks.length >= picks.length) return false;
    return this.go({ picks: picks.slice(0, this.state.picks.length + 1) });
  }

  back() {
    if (this.state.picks) return this.go({ picks: this.state.picks.slice(0, -1) });
    return this.state.asks || this.isReplay ? false : this.go({ asks: true });
  }

  start(mode) { return this.go({ asks: false, mode, picks: '' }); }

  toEnd() { this.go({ asks: false, mode: 'witness', picks: this.data.exhibit.picks }); }

  /** A number is its own key, and other values are numbered. */
  keyOf(value, index) { return value.length === 1 ? value : String(index + 1); }

  predict(value) {
    const { predicted } = this.state;
    return this.go({ predicted: predicted.includes(value) ? predicted.filter((other) => other !== value) : [...predicted, value] });
  }

  /** Does what a key stands for here; returns false if it stands for nothing. */
  key(key) {
    const value = this.state.asks && this.data.values.find((value, index) => this.keyOf(value, index) === key);
    if (value) return this.predict(value);
    switch (key.toLowerCase()) {
      case 'arrowright': case 'pagedown': case ' ': return this.next();
      case 'arrowleft': case 'pageup': return this.back();
      case 'u': case 'backspace': return this.back() || true;
      case 'w': return this.start('witness');
      case 'r': return this.go({ picks: '' });
    }
    if (this.isReplay) return false;
    switch (key.toLowerCase()) {
      case 'y': return this.start('play');
      case 'h': return this.go({ hint: !this.state.hint, asks: false });
      case 'p': return this.go({ asks: true, picks: '' });
    }
    const isPick = this.data.places.some((place) => this.move(place, key.toLowerCase()));
    if (!isPick) return false;
    if (this.state.mode !== 'play' || this.state.asks) this.start('play');
    return this.pick(key.toLowerCase()) || true;
  }

  draw() {
    const focused = this.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const places = this.path();
    this.drawControls(places.at(-1));
    this.drawSays(places);
    this.drawCode(places);
    this.right.replaceChildren(...(this.state.asks ? this.question() : this.lanes(places)));
    const slide = this.closest('.slide');
    const address = `#${slide ? slide.dataset.number : this.id}?s=${this.state.picks}`;
    const isShared = this.state.picks && !this.isReplay && this.first() === this.data.places[0];
    this.share.href = address;
    this.share.hidden = !isShared;
    this.share.textContent = isShared ? `This schedule: ${address}` : '';
    if (focused) this.querySelector(`[data-key="${focused}"]`)?.focus();
    this.dispatchEvent(new Event('step', { bubbles: true }));
  }

  button(key, text, { pressed, disabled, ...more } = {}) {
    const shown = { ArrowLeft: '←', ArrowRight: '→' }[key] ?? key;
    return make('button', {
      type: 'button', 'data-key': key, disabled, 'aria-pressed': pressed === undefined ? undefined : String(pressed),
      on: () => this.key(key), ...more,
    }, [make('kbd', { text: shown, 'aria-hidden': 'true' }), ` ${text}`]);
  }

  drawControls(place) {
    const { asks, mode, picks, hint } = this.state;
    const shows = (other) => !asks && mode === other;
    const buttons = this.isReplay ? [] : [
      this.button('W', this.data.exhibit.label, { pressed: shows('witness') }),
      this.button('Y', 'you schedule', { pressed: shows('play') }),
    ];
    if (shows('play')) {
      place.threads.forEach((thread, index) => {
        const what = { ready: thread.next, blocked: 'BLOCKED', done: 'done' }[thread.is];
        buttons.push(this.button(`${index + 1}`, `T${index + 1}: ${what}`, { disabled: thread.is !== 'ready', title: thread.why ?? undefined, class: `thread-${index}` }));
      });
      buttons.push(this.button('U', 'undo', { disabled: !picks }), this.button('H', 'hint', { pressed: hint }));
    } else if (shows('witness')) {
      const isOver = picks.length >= this.data.exhibit.picks.length;
      buttons.push(this.button('ArrowLeft', 'back', { disabled: !picks }), this.button('ArrowRight', 'step', { disabled: isOver }));
    }
    if (!asks && (picks || !this.isReplay)) buttons.push(picks ? this.button('R', 'reset') : this.button('P', 'predict'));
    this.controls.replaceChildren(...buttons);
  }

  count(place) { return place.ends.reduce((sum, [, ways]) => sum + ways, 0); }

  list(ends) {
    const all = ends.map(([end, ways]) => `${end} (${ways.toLocaleString('en')})`);
    return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1)}` : all[0];
  }

  /** Says how many schedules end where: Of 6 schedules, 4 end at 1 and 2 end at 2. */
  counts(place, total) {
    const all = place.ends.map(([end, ways]) => `${ways.toLocaleString('en')} ${ways === 1 ? 'ends' : 'end'} at ${end}`);
    if (all.length === 1) return total === '1' ? `The only schedule ends at ${place.ends[0][0]}.` : `All ${total} schedules end at ${place.ends[0][0]}.`;
    return `Of ${total} schedules, ${all.slice(0, -1).join(', ')} and ${all.at(-1)}.`;
  }

  drawSays(places) {
    const place = places.at(-1), first = this.data.places[0], parts = [], { picks, predicted } = this.state;
    const say = (text, className) => parts.push(className ? make('span', { class: className, text }) : text);
    const total = this.count(first).toLocaleString('en');
    if (this.state.asks) {
      say('Predict first. Then reveal, and step through a schedule.');
    } else if (!picks) {
      say(this.data.reveal ?? this.counts(first, total));
      if (predicted.length) {
        const ends = this.data.possible;
        const isRight = ends.length === predicted.length && ends.every((end) => predicted.includes(end));
        say(` You predicted ${this.data.values.filter((value) => predicted.includes(value)).join(this.data.reveal ? ' or ' : ', ')}: `);
        say(isRight ? '✓ right.' : '✗ not quite.', isRight ? 'good' : 'bad');
      }
      if (this.state.mode === 'play' && this.data.goal) say(` Make it end at ${this.data.goal}.`);
    } else {
      const step = this.move(places.at(-2), picks.at(-1));
      say(`T${step.thread + 1}: ${step.cell}. `);
      if (step.lost !== null) say('An update is lost. ', 'bad');
      if (!place.moves.length) this.sayEnd(say, place, first, total);
    }
    if (this.state.hint && !this.state.asks && place.moves.length) {
      const isGone = this.data.goal && !place.ends.some(([end]) => end === this.data.goal);
      say(`Still possible (schedules): ${this.list(place.ends)}.`);
      if (isGone) say(` ${this.data.goal} is no longer possible: undo.`, 'bad');
    }
    this.says.replaceChildren(...parts);
  }

  sayEnd(say, place, first, total) {
    const [end] = place.ends[0], { text, good, bad } = this.data.says[this.data.values.indexOf(end)];
    say(`${text ?? good ?? bad} `, good ? 'good' : bad ? 'bad' : undefined);
    if (this.state.mode === 'play' && end === this.data.goal) say('✓ You did it! ', 'good');
    const [, ways] = first.ends.find(([other]) => other === end) ?? [];
    if (ways === undefined) return;
    if (total === '1') say('It is the only schedule.');
    else if (ways === this.count(first)) say(`All ${total} schedules end here.`);
    else say(`${ways.toLocaleString('en')} of ${total} schedules ${ways === 1 ? 'ends' : 'end'} here.`);
  }

  drawCode(places) {
    const place = places.at(-1);
    this.code.querySelectorAll('.badge').forEach((badge) => badge.remove());
    const before = places.at(-2);
    const ran = before && this.move(before, this.state.picks.at(-1)).line;
    const items = [...this.code.querySelectorAll('li')];
    items.forEach((item) => item.classList.toggle('ran', Number(item.dataset.line) === ran));
    if (this.state.asks) return;
    place.threads.forEach((thread, index) => {
      if (thread.is === 'done') return;
      const item = items.find((item) => Number(item.dataset.line) === thread.line);
      item?.prepend(make('span', { class: `badge thread-${index}`, style: `--index:${index}`, text: `T${index + 1}`, title: `next line of thread ${index + 1}` }));
    });
  }

  question() {
    const { values, question } = this.data, { predicted } = this.state;
    const toggles = values.map((value, index) => {
      const key = this.keyOf(value, index), kbd = key === value ? [] : [make('kbd', { text: key, 'aria-hidden': 'true' }), ' '];
      return make('button', {
        type: 'button', 'data-key': key, 'aria-pressed': String(predicted.includes(value)), on: () => this.predict(value),
      }, [...kbd, value]);
    });
    const isWide = values.some((value) => value.length > 1);
    return [make('div', { class: 'predict' }, [
      make('p', { text: question }),
      make('p', { text: `Choose every ${isWide ? 'result' : 'value'} that you think is possible.` }),
      make('div', { class: isWide ? 'values wide' : 'values', role: 'group', 'aria-label': isWide ? 'Possible results' : 'Possible final values' }, toggles),
      make('div', {}, [this.button('ArrowRight', 'reveal')]),
    ])];
  }

  /** The title of the last column: the exhibit may have one of its own. */
  column() { return this.state.mode === 'witness' ? this.data.exhibit.column : this.data.memory; }

  lanes(places) {
    const all = [...Array(this.data.threads).keys()], column = this.column();
    const isMemory = column === this.data.memory;
    // Where buffers are drawn, memory is drawn too.
    const hasColumn = !(isMemory && this.data.hasBuffers);
    const head = make('tr', {}, [
      make('th', { text: '#', scope: 'col' }),
      ...all.map((thread) => make('th', { text: `T${thread + 1}`, scope: 'col', class: `thread-${thread}` })),
      ...(hasColumn ? [make('th', { text: column, scope: 'col', class: 'memory' })] : []),
    ]);
    const rows = [...this.state.picks].map((pick, index) => {
      const step = this.move(places[index], pick), after = places[index + 1];
      const cells = all.map((thread) => {
        if (thread !== step.thread) {
          const { is, why } = after.threads[thread];
          return make('td', is === 'blocked' ? { class: 'blocked', text: 'BLOCKED', title: why } : {});
        }
        const lost = step.lost === null ? [] : [' ', make('span', { class: 'bad', text: `✗ over ${step.lost}` })];
        return make('td', { class: `thread-${thread}` }, [step.cell, ...lost]);
      });
      const isCurrent = index === this.state.picks.length - 1;
      return make('tr', { class: isCurrent ? 'current' : '', 'aria-current': isCurrent ? 'step' : undefined },
        [make('td', { text: index + 1 }), ...cells, ...(hasColumn ? [make('td', { class: 'memory', text: isMemory ? after.memory : step.from ?? '' })] : [])]);
    });
    const table = make('table', { class: this.data.hasBuffers ? 'wide' : undefined }, [
      make('caption', { class: 'for-screen-readers', text: 'The schedule: one row per step, one column per thread' }),
      make('thead', {}, [head]), make('tbody', {}, rows),
    ]);
    const lanes = make('div', { class: 'lanes', 'data-size': this.longest() > 8 || this.data.hasBuffers ? 'many' : 'few' }, [table]);
    return [this.data.hasBuffers ? this.machine(places.at(-1), isMemory) : this.now(places.at(-1)), lanes];
  }

  /** One line: the counter, the lock, and what each thread has read. */
  now(place) {
    const seen = place.threads.map((thread, index) => ` · T${index + 1} seen = ${thread.seen ?? '–'}`).join('');
    const note = place.note ? ` (${place.note})` : '';
    return make('p', { class: 'now' }, [`${this.data.memory} = `, make('b', { text: place.memory }), note + seen]);
  }

  /** A picture: each thread, its store buffer below it, and memory below all. The oldest store is next to memory. */
  machine(place, hasBuffers) {
    const box = (className, name, children) => make('div', { class: className }, [...(name ? [make('span', { class: 'name', text: name })] : []), ...children]);
    const threads = hasBuffers ? place.threads.map((thread, index) => box(`thread thread-${index}`, `T${index + 1}`,
      [{ ready: thread.next, blocked: 'BLOCKED', done: 'has ended' }[thread.is]])) : [];
    const most = Math.max(...this.data.places.flatMap(({ threads }) => threads.map(({ buffer }) => buffer.length)));
    const buffers = hasBuffers ? place.threads.map((thread, index) => {
      const stores = [...thread.buffer].reverse().map((store) => make('span', { class: 'store', text: store }));
      const content = stores.length ? stores : [make('span', { class: 'empty', text: 'empty' })];
      const isPlayed = this.state.mode === 'play';
      const flush = isPlayed ? [this.button('AB'[index], 'flush', { disabled: !stores.length, 'aria-label': `T${index + 1}: oldest store reaches memory` })] : [];
      return box(`buffer thread-${index}`, 'store buffer', [...flush, make('div', { class: 'stores', style: `--most: ${most}` }, content)]);
    }) : [];
    return make('div', { class: 'machine' }, [...threads, ...buffers, box('shared', hasBuffers ? 'memory' : '', [make('b', { text: place.memory })])]);
  }

  /** Returns the number of steps of the longest schedule shown. */
  longest() { return Math.max(this.data.exhibit.picks.length, this.state.picks.length); }
}
customElements.define('lane-stepper', LaneStepper);
