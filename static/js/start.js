// Keeps what is typed into a draft while it is typed, so that a closed tab loses nothing. The pages
// are complete without it: every button stores the same.

const PAUSE = 1_500; // milliseconds without a key before it is sent
const MOST_AT_LEAVING = 60_000; // bytes; browsers refuse more than 64 KiB that outlive their page

const form = document.querySelector("[data-keep] form");
if (form) keep(form);

function keep(form) {
  let timer;
  let changed = false;
  let underway = new AbortController();

  const typed = () => {
    const data = new FormData(form);
    data.delete("picture");
    data.set("action", "keep");
    return new URLSearchParams(data).toString();
  };

  const send = ({ leaving = false } = {}) => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    const body = typed(); // percent-encoded, so that each character is a byte
    const headers = { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" };
    const keepalive = leaving && body.length <= MOST_AT_LEAVING;
    const { signal } = underway;
    fetch(location.href, { method: "POST", body, headers, keepalive, signal })
      .then((answer) => {
        if (!answer.ok) changed = true; // too busy a moment ago
      })
      .catch(() => {
        if (!signal.aborted) changed = true; // the next key, or the button, tries again
      });
  };

  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => send(), PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    underway.abort(); // an older text must not arrive after the one that the button stores
    underway = new AbortController();
    changed = false;
  });
  addEventListener("pagehide", () => send({ leaving: true }));
}
