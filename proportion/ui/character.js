// My character: up to seven drawings of one character, compared with each other. Events: 'added', 'compare'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const MOST = 7;  // one to check and six for the sheet
let drawings = [], outcome = null, queue = [], refused = null;  // refused: why a file was no use

async function add(files) {
  queue.push(...[...files].slice(0, MOST - drawings.length - queue.length));
  next();
}
async function next() {
  const file = queue.shift();
  if (!file) {
    P.wait(null);
    P.problem(refused);
    refused = null;
    return;
  }
  P.wait('page.finding');
  const sent = await P.Files.send(file, upload);
  if (sent.problem) { refused = P.everywhere(sent.problem); return next(); }
  props.value = { upload: sent, asked: Date.now() };
  trigger('added', {});
}
function compare() {
  P.wait('page.checking');
  props.value = { skeletons: drawings.map(each => each.skeleton), asked: Date.now() };
  trigger('compare', {});
}

function card({ picture, skeleton }, index) {
  const figure = P.make('figure', { class: 'card' }), [w, h] = skeleton.image_size;
  const svg = P.draw('svg', { viewBox: `0 0 ${w} ${h}` }, figure);
  P.draw('image', { href: picture, x: 0, y: 0, width: w, height: h }, svg);
  P.drawBones(svg, skeleton);
  const caption = P.make('figcaption', {}, P.say(index ? 'page.drawing_number' : 'page.drawing_checked', { number: index + 1 }));
  const remove = P.make('button', { type: 'button', class: 'chip', 'aria-label': P.say('page.remove_drawing', { number: index + 1 }) }, '×');
  remove.addEventListener('click', () => { drawings.splice(index, 1); outcome = null; render(); });
  caption.append(remove);
  figure.append(caption);
  return figure;
}
function render() {
  $('.sheet').replaceChildren(...drawings.map(card));
  $('[data-act=compare]').disabled = drawings.length < 2;
  $('[data-act=add]').disabled = drawings.length >= MOST;
  $('.outcome').hidden = !outcome;
  if (!outcome) return;
  const { consistency, findings, good } = outcome.report;
  $('.agreement').textContent = P.say('page.agreement', { number: Math.round(100 * consistency.score) });
  $('.differences').replaceChildren(...consistency.deviations.slice(0, 8).map(({ drawing, part, percent }) => P.make('li', {},
    P.say(percent > 0 ? 'page.bigger_here' : 'page.smaller_here', { number: drawing + 1, part: P.partName(part), percent: Math.round(Math.abs(percent)) }))));
  $('.advice').replaceChildren(...(findings.length ? findings : good).map(row => P.make('li', {}, P.pick(row.text))));
}
element.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  if (act === 'add') $('.from-files').click();
  if (act === 'compare') compare();
});
$('.from-files').addEventListener('change', event => { add([...event.target.files]); event.target.value = ''; });
watch('value', () => {
  const value = props.value;
  if (!value) return;
  refused = value.problem || refused;
  if (value.skeleton) drawings.push({ picture: value.picture, skeleton: value.skeleton });
  if (value.report) outcome = value;
  render();
  next();
});
P.onLanguage(element, render);
