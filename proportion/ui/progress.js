// What got better since an earlier drawing, and which drawings there were: all of it from this browser's own history.
window.Proportion.Progress = class {
  constructor(card) {
    this.card = card;
    this.chosen = null;  // the earlier drawing to compare with; the newest if null
  }

  show(report) {
    const P = window.Proportion, entries = P.History.earlier();
    this.card.hidden = !entries.length;
    if (!entries.length) return;
    const before = entries.find(entry => entry.drawing === this.chosen) || entries.at(-1);
    const now = new Set(report.findings.map(row => row.part)), then = new Set(before.findings.map(row => row.part));
    const said = (key, rows) => rows.map(row => P.make('li', { class: key }, P.say(`page.${key}`, { what: P.pick(row.text) })));
    this.card.querySelector('.scores').textContent = P.say('page.score_change', { before: before.score, now: report.score });
    this.card.querySelector('ul').replaceChildren(
      ...said('fixed', before.findings.filter(row => !now.has(row.part))),
      ...said('still', report.findings.filter(row => then.has(row.part))),
      ...said('newly', report.findings.filter(row => !then.has(row.part))),
    );
    const [left, right] = this.card.querySelectorAll('.pair svg');
    this.draw(left, before.skeleton, before.picture);
    this.draw(right, report.skeleton, P.state.image);
    this.card.querySelector('.earlier').hidden = entries.length < 2;
    this.card.querySelector('.strip').replaceChildren(...entries.map((entry, index) => {
      const label = P.say('page.earlier_number', { number: index + 1, score: entry.score });
      const button = P.make('button', { type: 'button', class: 'tile', 'aria-pressed': entry === before, 'aria-label': label, title: label });
      this.draw(P.draw('svg', {}, button), entry.skeleton, entry.picture);
      button.append(P.make('span', {}, entry.score));
      button.addEventListener('click', () => { this.chosen = entry.drawing; this.show(report); });
      return button;
    }));
  }

  draw(svg, skeleton, picture) {
    const P = window.Proportion, box = P.bounds(skeleton), room = (box.bottom - box.top) * 0.1, [width, height] = skeleton.image_size;
    svg.setAttribute('viewBox', [box.left - room, box.top - room, box.right - box.left + 2 * room, box.bottom - box.top + 2 * room].join(' '));
    svg.replaceChildren();
    if (picture) P.draw('image', { href: picture, x: 0, y: 0, width, height, preserveAspectRatio: 'none' }, svg);
    P.drawBones(svg, skeleton);
  }
};
