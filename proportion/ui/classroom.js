// A class: many drawings at once, what they have in common, and a report for each. Event: 'assess'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const MOST = 60;
let outcome = null;

async function take(files) {
  const bar = $('progress');
  P.problem(null);
  bar.hidden = false;
  bar.value = 0;
  const uploads = [];
  for (const file of [...files].slice(0, MOST)) {
    const sent = await P.Files.send(file, upload);
    if (sent.problem) { bar.hidden = true; return P.problem(P.everywhere(sent.problem)); }
    uploads.push(sent);
  }
  props.value = { uploads, language: P.language, asked: Date.now() };
  trigger('assess', {});
}
function render() {
  $('.outcome').hidden = !outcome;
  if (!outcome) return;
  const { drawings, median_score, mistakes } = outcome.summary;
  $('.how-many').textContent = P.say('page.drawings_judged', { number: drawings });
  $('.median').textContent = median_score === null ? '' : P.say('page.median_score', { number: Math.round(median_score) });
  $('.mistakes').replaceChildren(...mistakes.slice(0, 8).map(({ part, kind, drawings: count }) => {
    const row = P.make('li', {}, P.say('page.common_mistake', { what: P.say(`page.kind_${kind.replace(' ', '_')}`, { part: P.say(`page.plain_${part}`) }), count, all: drawings }));
    const bar = P.make('i');
    bar.style.width = `${100 * count / drawings}%`;
    row.append(bar);
    return row;
  }));
  $('.refused').replaceChildren(...outcome.refused.map(({ number, text }) => P.make('li', {}, `${P.say('page.drawing_number', { number })}: ${P.pick(text)}`)));
}
element.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  if (act === 'choose') $('.from-files').click();
  if (act === 'reports') {
    const link = P.make('a', { href: outcome.reports.url, download: 'proportion-class.zip' });
    link.click();
  }
});
$('.from-files').addEventListener('change', event => { take([...event.target.files]); event.target.value = ''; });
document.addEventListener('drop', event => {
  if (P.state.view !== 'class') return;
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
document.addEventListener('dragover', event => { if (P.state.view === 'class') event.preventDefault(); });
watch('value', () => {
  const value = props.value;
  if (!value) return;
  $('progress').value = value.done || 0;
  $('progress').hidden = !(value.done < 1) || Boolean(value.problem);
  if (value.problem) P.problem(value.problem);
  if (value.summary) { outcome = value; render(); }
});
P.onLanguage(element, render);
