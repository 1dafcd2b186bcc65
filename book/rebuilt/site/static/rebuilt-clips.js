// Players for clips: a sheet of frames (an image, or a canvas that a script drew) becomes a
// picture that moves, with a button to pause it and a slider over its frames.
// Nothing moves by itself where the reader asked for less motion; without scripts the sheet stays.
window.rebuiltClips = (() => {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const make = (name, attributes) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };

  // Show the frames of `sheet` in `player`, the place before it.
  const play = (player, sheet, { width, height, count, columns, gap, fps }, title) => {
    const canvas = make("canvas", { width, height, role: "img", class: "rb-player-frame" });
    const button = make("button", { type: "button", class: "rb-player-button" });
    const slider = make("input", { type: "range", min: 1, max: count, value: 1, "aria-label": `Frame of: ${title}` });
    const words = make("span", { class: "rb-player-place" });
    const bar = make("div", { class: "rb-player-bar" });
    bar.append(button, slider, words);
    player.replaceChildren(canvas, bar);
    const context = canvas.getContext("2d");
    let frame = 0;
    let timer = null;

    const draw = () => {
      const x = gap + (frame % columns) * (width + gap);
      const y = gap + Math.floor(frame / columns) * (height + gap);
      context.drawImage(sheet, x, y, width, height, 0, 0, width, height);
      slider.value = frame + 1;
      slider.setAttribute("aria-valuetext", `${frame + 1} of ${count}`);
      words.textContent = `${frame + 1} / ${count}`;
    };
    const label = () => {
      button.textContent = timer ? "Pause" : "Play";
      button.setAttribute("aria-label", `${timer ? "Pause" : "Play"}: ${title}`);
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      label();
    };
    const start = () => {
      clearInterval(timer);
      timer = setInterval(() => {
        if (!canvas.isConnected) {
          stop();
          return;
        }
        frame = (frame + 1) % count;
        draw();
      }, 1000 / fps);
      label();
    };
    button.addEventListener("click", () => (timer ? stop() : start()));
    slider.addEventListener("input", () => {
      stop();
      frame = slider.valueAsNumber - 1;
      draw();
    });
    canvas.setAttribute("aria-label", title);
    draw();
    if (still.matches) stop();
    else start();
    still.addEventListener("change", () => { if (still.matches) stop(); });
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const figure of document.querySelectorAll(".rb-clip")) {
      const [player, image] = [figure.querySelector(".rb-player"), figure.querySelector("img")];
      const sizes = Object.fromEntries(Object.entries(figure.dataset).map(([key, value]) => [key, Number(value)]));
      const title = figure.querySelector(".rb-title").firstChild.textContent;
      image.decode().then(() => play(player, image, sizes, title), () => {}); // without it, alt text stays
    }
  });
  return { play };
})();
