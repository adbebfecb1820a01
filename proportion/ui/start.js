// Step 1: a drawing dropped, pasted, photographed or chosen, a sample, or a pose. Event to Python: 'find'.
const P = window.Proportion;
const $ = selector => element.querySelector(selector);
const MAX_SIDE = 1536, SHRINK_ABOVE = 1500000, MAX_BYTES = 8000000;

// Large photographs are shrunk here, so that phones upload little; the browser turns them upright.
async function shrunk(file) {
  if (file.size <= SHRINK_ABOVE) return file;
  let picture;
  try { picture = await createImageBitmap(file); } catch { return file; }
  const ratio = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const canvas = P.make('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * ratio));
  canvas.height = Math.max(1, Math.round(picture.height * ratio));
  const paper = canvas.getContext('2d');
  paper.fillStyle = 'white';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.92));
  return blob ? new File([blob], 'drawing.jpg', { type: 'image/jpeg' }) : file;
}

async function take(file) {
  if (!file) return;
  P.wait('page.uploading');
  if (/\.(heic|heif)$/i.test(file.name) || /hei[cf]/.test(file.type)) { P.wait(null); return P.problem(P.everywhere('page.heic')); }
  try {
    const small = await shrunk(file);
    if (small.size > MAX_BYTES) { P.wait(null); return P.problem(P.everywhere('page.too_many_bytes')); }
    const { path, url } = await upload(small);
    ask({ upload: { path, url, meta: { _type: 'gradio.FileData' } }, sample: null });
  } catch {
    P.wait(null);
    P.problem(P.everywhere('page.upload_failed'));
  }
}
let asked = 0;
function ask(source) {
  P.wait('page.finding');
  asked += 1;
  props.value = { ...source, asked };
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
