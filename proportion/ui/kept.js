// The figure at hand, so that a reload or a lost connection costs nothing: in this tab only, gone when it is closed.
window.Proportion.Kept = (() => {
  const FIGURE = 'proportion.figure', PICTURE = 'proportion.picture';
  const store = (name, text) => { try { sessionStorage.setItem(name, text); } catch { sessionStorage.removeItem(name); } };

  return {
    // `joints` is what the editor holds, `picture` a data URL (null: none, undefined: as before).
    keep(joints, number, picture) {
      const { size, found } = joints;
      store(FIGURE, JSON.stringify({ size, found, now: joints.text(), number, drawn: Boolean(joints.drawn) }));
      if (picture) store(PICTURE, picture);
      else if (picture === null) sessionStorage.removeItem(PICTURE);
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
