// A class: many drawings at once, what they have in common, and a report for each. Event: 'assess'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const { most } = P.data;
let outcome = null, unsent = [], busy = false;

function advance(key, done, all) {
  busy = Boolean(key);
  $('.advance').hidden = !busy;
  for (const control of ['[data-act=choose]', '.named']) $(control).disabled = busy;
  if (!busy) return;
  $('progress').value = done / all;
  $('.advance p').textContent = P.say(key, { number: Math.min(done + 1, all), all });
}
function stop(problem) {
  advance(null);
  P.problem(problem);
}
async function take(files) {
  if (busy || !files.length) return;
  P.problem(null);
  if (files.length > most.drawings) return stop(sentence('page.too_many_drawings', { most: most.drawings }));
  if (files.some(file => /\.zip$/i.test(file.name) && file.size > most.zip * 1e6)) return stop(sentence('page.zip_too_large', { limit: most.zip }));
  const uploads = [];
  outcome = null;
  unsent = [];
  render();
  for (const [index, file] of files.entries()) {
    advance('page.class_sending', index, files.length);
    const sent = await P.Files.send(file, upload);
    if (sent.problem) unsent.push({ name: file.name, refused: P.everywhere(sent.problem) });
    else uploads.push(sent);
  }
  if (!uploads.length) return stop(unsent[0].refused);
  advance('page.class_judging', 0, uploads.length);
  props.value = { uploads, named: $('.named').checked, language: P.language, asked: Date.now() };
  trigger('assess', {});
}
const sentence = (key, values) => Object.fromEntries(Object.entries(P.everywhere(key)).map(([language, text]) =>
  [language, text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)]));

// --- the sheet --------------------------------------------------------------------------------------------------
function render() {
  $('.outcome').hidden = !outcome;
  if (!outcome) return;
  const { drawings, median_score, mistakes } = outcome.summary;
  $('.how-many').textContent = P.say('page.drawings_judged', { number: drawings });
  $('.median').textContent = median_score === null ? '' : P.say('page.median_score', { number: Math.round(median_score) });
  $('.none').hidden = mistakes.length > 0;
  $('.mistakes').replaceChildren(...mistakes.slice(0, 8).map(({ part, kind, drawings: count }) => {
    const what = P.say(`page.kind_${kind.replace(' ', '_')}`, { part: P.say(`page.plain_${part}`) });
    const row = P.make('li', {}, P.say('page.common_mistake', { what, count, all: drawings }));
    const bar = P.make('i');
    bar.style.width = `${100 * count / drawings}%`;
    row.append(bar);
    return row;
  }));
  $('.rows').replaceChildren(...[...outcome.sheet, ...unsent].map(drawn));
}
function drawn({ number, name, thumbnail, verdict, text, refused }) {
  const row = P.make('li', { class: verdict === 'fine' ? 'fine' : '' }), words = P.make('div');
  row.append(thumbnail ? P.make('img', { src: thumbnail, alt: '' }) : P.make('span', { class: 'no-picture' }, '–'), words);
  words.append(P.make('strong', {}, name || P.say('page.drawing_number', { number })), P.make('p', {}, P.pick(refused || text)));
  return row;
}

const acts = {
  choose: () => $('.from-files').click(),
  reports: () => P.make('a', { href: outcome.reports.url, download: 'proportion-class.zip' }).click(),
  print: () => window.print(),
};
element.addEventListener('click', event => acts[event.target.closest('[data-act]')?.dataset.act]?.());
$('.from-files').addEventListener('change', event => { take([...event.target.files]); event.target.value = ''; });
for (const name of ['dragover', 'dragleave', 'drop']) document.addEventListener(name, event => {
  if (P.state.view !== 'class') return;
  event.preventDefault();
  $('.drop').classList.toggle('over', name === 'dragover' && !busy);
  if (name === 'drop') take([...event.dataTransfer.files]);
});
watch('value', () => {
  const value = props.value;
  if (!value || !busy) return;
  if (value.problem) return stop(value.problem);
  if (!value.summary) return advance('page.class_judging', value.judged, value.all);
  advance(null);
  outcome = value;
  render();
  $('.how-many').focus();
});
P.onLanguage(element, render);
