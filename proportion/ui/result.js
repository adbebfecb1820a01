// Step 3: the findings in words and in panels of the same scale. Events to Python: 'assess' (style, reference),
// 'example' (a picture of one's own to compare with) and 'report' (PNG, PDF).
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
let current = null, own = null;  // the check that is shown; the visitor's own example {skeleton, picture}
const shown = { bones: true, ghost: true, signed: false, ruler: false };

const OVER = ['too long', 'too big', 'too wide'];
const signOf = finding => (OVER.includes(finding.kind) || (finding.kind === 'uneven' && finding.percent > 0) ? 'over' : 'under');

// --- words -----------------------------------------------------------------------------------------------------
function sure(certainty) {
  return P.say(certainty >= 0.9 ? 'page.very_sure' : certainty >= 0.7 ? 'page.fairly_sure' : 'page.rather_sure');
}
// How far off, as a picture: a bar from "right" to the measured value, with its range.
function gauge(finding) {
  const reach = Math.max(60, Math.abs(finding.low), Math.abs(finding.high)) * 1.05, at = value => 50 + 50 * value / reach;
  const svg = P.draw('svg', { viewBox: '0 0 100 12', class: `gauge ${signOf(finding)}`, 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  P.draw('line', { x1: 0, x2: 100, y1: 6, y2: 6, class: 'base' }, svg);
  P.draw('rect', { x: at(finding.low), y: 3, width: Math.max(1, at(finding.high) - at(finding.low)), height: 6, class: 'range' }, svg);
  P.draw('line', { x1: at(finding.percent), x2: at(finding.percent), y1: 0, y2: 12, class: 'needle' }, svg);
  P.draw('line', { x1: 50, x2: 50, y1: 0, y2: 12, class: 'zero' }, svg);
  return svg;
}
function findingButton(finding) {
  const button = P.make('button', { type: 'button', class: 'finding', 'data-part': finding.part, 'data-finding': finding.part });
  const swatch = P.make('i', { class: 'swatch' });
  swatch.style.background = P.data.colours[finding.part];
  const text = P.make('span', { class: 'text' }, P.pick(finding.text));
  const scale = P.make('span', { class: 'scale', 'aria-hidden': 'true' });
  scale.append(...['page.scale_less', 'page.scale_right', 'page.scale_more'].map(key => P.make('span', {}, P.say(key))));
  button.append(swatch, text, gauge(finding), scale, P.make('span', { class: 'sure' }, sure(finding.certainty)));
  button.addEventListener('click', () => P.light(P.lit === finding.part ? null : finding.part));
  return button;
}
function words({ report }) {
  const title = { fine: 'page.verdict_fine', 'needs work': 'page.verdict_work', "can't tell": 'page.verdict_unsure' };
  $('#result-title').textContent = P.say(title[report.verdict]);
  const facts = [];
  if (report.heads_tall) facts.push(P.say('page.fact_heads', { number: report.heads_tall.toFixed(1) }));
  facts.push(P.say('page.fact_style', { style: P.say(`style.${report.style}`) }));
  $('.facts').textContent = facts.join(' · ');
  const judged = report.verdict !== "can't tell";
  $('.score').hidden = !judged;
  $('.score strong').textContent = report.score;
  $('.score').setAttribute('aria-label', P.say('page.score', { number: report.score }));
  $('.score .arc').style.strokeDasharray = `${report.score} 100`;
  $('.style select').value = report.style_requested;
  for (const [name, rows] of [['first', report.findings.slice(0, 1)], ['rest', report.findings.slice(1)]]) {
    $(`.${name}`).hidden = !rows.length;
    $(`.${name} .list`).replaceChildren(...rows.map(findingButton));
  }
  for (const [name, texts] of [['good', report.good.map(row => row.text)], ['unsure', report.reasons]]) {
    $(`.card.${name}`).hidden = !texts.length;
    $(`.card.${name} ul`).replaceChildren(...texts.map(text => P.make('li', {}, P.pick(text))));
  }
}

// --- pictures ----------------------------------------------------------------------------------------------------
// Every panel looks through the same window of the aligned frame, so that the figures have one size everywhere.
function inverse([[a, b, c], [d, e, f]]) {
  const det = a * e - b * d;
  return [[e / det, -b / det, (b * f - c * e) / det], [-d / det, a / det, (c * d - a * f) / det]];
}
const scaleOf = ([[a, b], [d, e]]) => Math.sqrt(Math.abs(a * e - b * d));
const shownReference = ({ references, chosen }) => (chosen === null ? own : references[chosen]);
function frame(value) {
  const { learner, standard } = value.report.alignment, reference = shownReference(value), { report } = value;
  const boxes = [P.bounds(report.skeleton, learner ? p => P.apply(learner, p) : undefined)];
  if (reference && standard) boxes.push(P.bounds(reference.skeleton, p => P.apply(standard, p)));
  const left = Math.min(...boxes.map(b => b.left)), right = Math.max(...boxes.map(b => b.right));
  const top = Math.min(...boxes.map(b => b.top)), bottom = Math.max(...boxes.map(b => b.bottom));
  const h = (bottom - top) * 1.16, w = Math.max((right - left) * 1.24, h * 0.62);
  return { x: (left + right) / 2, y: (top + bottom) / 2, w, h: Math.max(h, w * 0.9) };
}
function look(svg, window_, matrix) {
  const scale = matrix ? 1 / scaleOf(matrix) : 1;
  const centre = matrix ? P.apply(inverse(matrix), window_) : window_;
  const [w, h] = [window_.w * scale, window_.h * scale];
  svg.setAttribute('viewBox', [centre.x - w / 2, centre.y - h / 2, w, h].join(' '));
  svg.style.aspectRatio = `${w} / ${h}`;
  svg.replaceChildren();
}
const canvasOf = name => $(`[data-panel=${name}] svg`);
function paper(svg, size, picture) {
  P.draw('rect', { x: 0, y: 0, width: size[0], height: size[1], class: 'paper' }, svg);
  if (picture) P.draw('image', { href: picture, x: 0, y: 0, width: size[0], height: size[1] }, svg);
}
function drawing({ report }, window_) {
  const svg = canvasOf('drawing'), skeleton = report.skeleton;
  look(svg, window_, report.alignment.learner);
  paper(svg, skeleton.image_size, P.state.image);
  if (shown.ruler) P.ruler(svg, skeleton);
  const signs = Object.fromEntries(report.findings.map(row => [row.part, `var(--${signOf(row)})`]));
  const signed = Object.fromEntries(P.data.bones.map(({ part }) => [part, signs[part] || 'var(--calm)']));
  if (shown.bones) P.drawBones(svg, skeleton, { colour: shown.signed ? signed : null });
  if (shown.ghost && report.corrected_skeleton) P.drawBones(svg, report.corrected_skeleton, { colour: 'var(--ghost)', kind: 'ghost', unlike: skeleton });
}
function reference(value, window_) {
  const { report, references, chosen } = value, entry = shownReference(value);
  $('[data-panel=reference]').hidden = $('[data-panel=aligned]').hidden = $('[data-panel=heat]').hidden = !entry;
  if (!entry) return;
  const svg = canvasOf('reference');
  look(svg, window_, report.alignment.standard);
  paper(svg, entry.skeleton.image_size, entry.picture);
  if (shown.bones) P.drawBones(svg, entry.skeleton);
  $('.why').textContent = entry === own ? P.say('page.own_example_why') : [P.pick(entry.text), entry.mirrored ? P.say('page.shown_mirrored') : ''].join(' ');
  $('.choices').replaceChildren(...[...references, ...(own ? [own] : [])].map((each, index) => {
    const label = each === own ? P.say('page.own_example_name') : P.say('page.reference_number', { number: index + 1 });
    const button = P.make('button', { type: 'button', class: 'tile', 'aria-pressed': each === entry, 'aria-label': label, title: label });
    button.append(P.make('img', { src: each.picture, alt: '' }));
    button.addEventListener('click', () => again(each === own ? { own: own.skeleton } : { own: null, reference: index }));
    return button;
  }));
  const aligned = canvasOf('aligned');
  look(aligned, window_);
  P.drawBones(aligned, entry.skeleton, { move: p => P.apply(report.alignment.standard, p), colour: 'var(--theirs)', kind: 'theirs' });
  P.drawBones(aligned, report.skeleton, { move: p => P.apply(report.alignment.learner, p), colour: 'var(--yours)', kind: 'yours' });
}
function heat({ report, heat: map }, window_) {
  if (!map) return;
  const svg = canvasOf('heat'), [w, h] = report.skeleton.image_size;
  look(svg, window_, report.alignment.learner);
  paper(svg, [w, h], P.state.image);
  P.draw('rect', { x: 0, y: 0, width: w, height: h, class: 'veil' }, svg);
  P.draw('image', { href: map, x: 0, y: 0, width: w, height: h, preserveAspectRatio: 'none', class: 'heat' }, svg);
  P.drawBones(svg, report.skeleton, { colour: 'var(--ink)', kind: 'thin' });
}

const progress = new P.Progress($('.progress')), turntable = new P.Turntable(canvasOf('space'), $('.turn input'));
function render() {
  const value = current;
  if (!value) return;
  const window_ = frame(value);
  words(value);
  progress.show(value.report);
  turntable.show(value.report.pose_3d);
  drawing(value, window_);
  reference(value, window_);
  heat(value, window_);
  P.light(P.lit);
}

// --- asking again, with another style or reference ----------------------------------------------------------------
function ask(event, change) {
  P.wait('page.checking');
  const { report, chosen } = current;
  props.value = {
    skeleton: P.state.skeleton, foreshortened: P.state.foreshortened, revision: P.state.revision,
    style: report.style_requested, reference: chosen, own: chosen === null ? own.skeleton : null, ...change,
  };
  trigger(event, {});
}
const again = change => ask('assess', change);
async function bring(file) {
  if (!file) return;
  P.wait('page.uploading');
  const sent = await P.Files.send(file, upload);
  P.wait(null);
  if (sent.problem) return P.problem(P.everywhere(sent.problem));
  P.wait('page.finding');
  props.value = { upload: sent, asked: Date.now() };
  trigger('example', {});
}
$('.from-example').addEventListener('change', event => { bring(event.target.files[0]); event.target.value = ''; });

// --- taking it home -----------------------------------------------------------------------------------------------
async function project() {
  const picture = P.state.image ? await P.Files.dataUrl(P.state.image) : null;
  const { skeleton, foreshortened } = P.state;
  P.Files.save('drawing.proportion.json', { format: 'proportion-project/1', picture, skeleton, foreshortened, report: current.report });
}
const paperReport = format => ask('report', {
  format, language: P.language, image: P.state.file, mirrored: P.state.mirrored, asked: Date.now(),
  own_picture: current.chosen === null ? own.picture : null,
});
const saves = {
  png: () => paperReport('png'),
  pdf: () => paperReport('pdf'),
  skeleton: () => P.Files.save('skeleton.json', P.state.skeleton),
  openpose: () => P.Files.save('openpose.json', current.openpose),
  project,
};
$('.style select').addEventListener('change', event => again({ style: event.target.value, reference: 0 }));
element.addEventListener('click', event => {
  const kind = event.target.closest('[data-save]')?.dataset.save;
  if (kind) saves[kind]();
  const toggle = event.target.closest('[data-toggle]'), act = event.target.closest('[data-act]')?.dataset.act;
  if (toggle) {
    shown[toggle.dataset.toggle] = !shown[toggle.dataset.toggle];
    toggle.setAttribute('aria-pressed', shown[toggle.dataset.toggle]);
    render();
  }
  if (act === 'again') P.go('check', 2);
  if (act === 'new') P.go('check', 1);
  if (act === 'example') $('.from-example').click();
});

watch('value', () => {
  const value = props.value;
  if (value?.example) { own = value.example; return again({ own: own.skeleton }); }
  if (!value || (!value.problem && value.revision !== P.state.revision)) return;
  P.wait(null);
  if (value.problem) return P.problem(value.problem);
  if (!value.report) return;
  current = value;
  P.state.findings = value.report.findings.length;
  P.History.add(value.report);
  const stay = P.state.step === 3;
  if (!stay) { P.light(null); P.go('check', 3); }
  render();
  if (!stay) $('#result-title').focus({ preventScroll: true });
});
P.on('figure', () => { own = null; });
P.onLanguage(element, render);
