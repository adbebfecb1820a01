// Files on their way to the server, and things that are kept or saved in the browser.
window.Proportion.Files = (() => {
  const P = window.Proportion;
  const MAX_SIDE = 1536, SHRINK_ABOVE = 1500000;

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
    return blob ? new File([blob], `${file.name.replace(/\.[^.]*$/, '')}.jpg`, { type: 'image/jpeg' }) : file;
  }

  // The uploaded file as Gradio names it, or {problem: key of the sentence}.
  async function send(file, upload) {
    if (/\.(heic|heif)$/i.test(file.name) || /hei[cf]/.test(file.type)) return { problem: 'page.heic' };
    try {
      const small = await shrunk(file);
      const limit = P.data.most[/\.zip$/i.test(file.name) ? 'zip' : 'picture'];
      if (small.size > limit * 1e6) return { problem: 'page.too_many_bytes' };
      const { path, url } = await upload(small);
      return { path, url, meta: { _type: 'gradio.FileData' } };
    } catch {
      return { problem: 'page.upload_failed' };
    }
  }

  function save(name, data) {
    const blob = new Blob([JSON.stringify(data)], { type: 'application/json' });
    const link = P.make('a', { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function dataUrl(address) {
    const blob = await (await fetch(address)).blob();
    return new Promise(done => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(blob);
    });
  }

  function fromDataUrl(address) {
    const bytes = Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), letter => letter.charCodeAt(0));
    return new File([bytes], 'drawing.jpg', { type: 'image/jpeg' });
  }

  // The picture as in a mirror, and small copies of pictures: JPEG data URLs on white.
  async function redrawn(address, { side = Infinity, mirrored = false } = {}) {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const ratio = Math.min(1, side / Math.max(picture.naturalWidth, picture.naturalHeight)), canvas = P.make('canvas');
    canvas.width = Math.max(1, Math.round(picture.naturalWidth * ratio));
    canvas.height = Math.max(1, Math.round(picture.naturalHeight * ratio));
    const paper = canvas.getContext('2d');
    if (mirrored) paper.setTransform(-1, 0, 0, 1, canvas.width, 0);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', 0.9);
  }
  const flipped = address => redrawn(address, { mirrored: true });

  return { send, save, dataUrl, fromDataUrl, redrawn, flipped };
})();
