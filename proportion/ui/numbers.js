// Numbers that follow a dragged joint in the same frame. The page can only measure flat; on release Python answers
// with what is true in space, and until the next answer the page scales what it measures by the same factors.
window.Proportion.Numbers = class {
  constructor(card, soFar) {
    Object.assign(this, { card, soFar, factors: {}, flat: {}, answer: null });
    const P = window.Proportion, [heads, ...rest] = P.data.measures;
    const cells = rest.map(row => {
      const cell = P.make('dd');
      card.querySelector('dl').append(P.make('dt', { 'data-say': row.key }, P.say(row.key)), cell);
      return cell;
    });
    this.rows = [[heads, card.querySelector('.headline strong')], ...rest.map((row, index) => [row, cells[index]])];
  }

  // The joints that Python is being asked about.
  asked(skeleton) {
    for (const [row] of this.rows) this.flat[row.key] = window.Proportion.measure(skeleton, row);
  }
  take(answer) {
    this.answer = answer.measures ? answer : null;
    for (const [key, value] of Object.entries(answer.measures || {})) {
      if (value && this.flat[key]) this.factors[key] = value / this.flat[key];
    }
    this.say();
  }
  forget() { Object.assign(this, { factors: {}, answer: null }); this.say(); }

  show(skeleton) {
    for (const [row, cell] of this.rows) {
      const flat = window.Proportion.measure(skeleton, row), value = flat && flat * (this.factors[row.key] ?? 1);
      cell.textContent = value === null ? '–' : value.toFixed(value < 3 ? 2 : 1);
    }
  }
  say() {
    const { say, pick } = window.Proportion, { answer } = this;
    const text = answer && (answer.first ? pick(answer.first) : say(`page.so_far_${answer.verdict}`));
    this.soFar.querySelector('p').textContent = text || '…';
  }
};
