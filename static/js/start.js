// Keeps what is typed into a draft while it is typed, so that a closed tab loses nothing. The pages
// are complete without it: every button stores the same.

const PAUSE = 1_500; // milliseconds without a key before it is sent

const form = document.querySelector("[data-keep] form");
if (form) keep(form);

function keep(form) {
  let timer;
  let changed = false;

  const typed = () => {
    const data = new FormData(form);
    data.delete("picture");
    data.set("action", "keep");
    return new URLSearchParams(data);
  };

  const send = (options) => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    fetch(location.href, { method: "POST", body: typed(), ...options })
      .then((answer) => {
        if (!answer.ok) changed = true; // too busy a moment ago
      })
      .catch(() => {
        changed = true; // the next key, or the button, tries again
      });
  };

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    changed = false;
  });
  addEventListener("pagehide", () => send({ keepalive: true }));
}
