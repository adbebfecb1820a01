// Step 1: a drawing dropped, pasted, photographed or chosen, a sample, or a pose. Event to Python: 'find'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
async function take(file) {
  if (!file) return;
  P.wait('page.uploading');
  const sent = await P.Files.send(file, upload);
  P.wait(null);
  if (sent.problem) P.problem(P.everywhere(sent.problem));
  else ask({ upload: sent, sample: null });
}
function ask(source) {
  P.wait('page.finding');
  P.state.asked += 1;
  props.value = { ...source, asked: P.state.asked };
  trigger('find', {});
}

for (const name of ['from-files', 'from-camera']) {
  const input = $(`.${name}`);
  input.addEventListener('change', () => { take(input.files[0]); input.value = ''; });
}
element.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  if (act === 'choose') $('.from-files').click();
  if (act === 'camera') $('.from-camera').click();
});
const drop = $('.drop');
for (const name of ['dragenter', 'dragover']) document.addEventListener(name, event => {
  if (P.state.view !== 'check') return;
  event.preventDefault();
  drop.classList.add('over');
});
document.addEventListener('dragleave', event => { if (!event.relatedTarget) drop.classList.remove('over'); });
document.addEventListener('drop', event => {
  if (P.state.view !== 'check') return;
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer.files[0]);
});
document.addEventListener('paste', event => {
  const file = [...(event.clipboardData?.files || [])][0];
  if (file && P.state.view === 'check') take(file);
});

// --- the shelves: samples as pictures, poses as stick figures -----------------------------------------------------
function tile(shelf, label, action) {
  const button = P.make('button', { type: 'button', class: 'tile', 'aria-label': label, title: label });
  button.addEventListener('click', action);
  $(`.${shelf} .strip`).append(button);
  return button;
}
function shelves() {
  const { samples, poses } = props.shelf || { samples: [], poses: [] };
  for (const [name, row] of [['samples', samples], ['poses', poses]]) {
    $(`.${name}`).hidden = !row.length;
    $(`.${name} .strip`).replaceChildren();
  }
  samples.forEach((sample, index) => {
    const label = P.say('page.sample_number', { number: index + 1 });
    tile('samples', label, () => ask({ upload: null, sample: sample.name }))
      .append(P.make('img', { src: sample.thumbnail, alt: '' }));
  });
  poses.forEach((skeleton, index) => {
    const label = P.say('page.pose_number', { number: index + 1 });
    const button = tile('poses', label, () => P.tell('open', {
      image: null, skeleton, boxes: [], box: 0, foreshortened: [], problem: null,
    }));
    const { left, right, top, bottom } = P.bounds(skeleton), room = (bottom - top) * 0.06;
    const side = Math.max(bottom - top, right - left) + 2 * room;
    const svg = P.draw('svg', { viewBox: [(left + right - side) / 2, (top + bottom - side) / 2, side, side].join(' ') }, button);
    P.drawBones(svg, skeleton);
  });
}
watch('shelf', shelves);
watch('value', () => { if (props.value?.problem) { P.wait(null); P.problem(props.value.problem); } });
P.onLanguage(element, shelves);
