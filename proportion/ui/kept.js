// The figure at hand, so that a reload or a lost connection costs nothing: in this tab only, gone when it is closed.
window.Proportion.Kept = (() => {
  const FIGURE = 'proportion.figure', PICTURE = 'proportion.picture';
  function store(name, text) {
    try {
      sessionStorage.removeItem(name);  // what no longer fits must not leave the figure before
      if (text) sessionStorage.setItem(name, text);
    } catch { /* full, or a frame without storage */ }
  }

  return {
    // `joints` is what the editor holds, `picture` a data URL (null: none, undefined: as before).
    keep(joints, number, picture) {
      const { size, found } = joints;
      store(FIGURE, JSON.stringify({ size, found, now: joints.text(), number, drawn: Boolean(joints.drawn) }));
      if (picture !== undefined) store(PICTURE, picture);
    },
    // {size, found, now, number, picture} as kept, or null.
    read() {
      try {
        const figure = JSON.parse(sessionStorage.getItem(FIGURE)), picture = sessionStorage.getItem(PICTURE);
        return figure && (picture || !figure.drawn) ? { ...figure, picture } : null;
      } catch { return null; }
    },
  };
})();
