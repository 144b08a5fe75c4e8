// Shows an update as readers will see it while it is typed. The server makes it, sanitised, from the
// same form as its button does; the page is complete without this.

const PAUSE = 400; // milliseconds without a key before it is asked for

const form = document.querySelector("form[data-preview]");
if (form) show(form);

function show(form) {
  const shown = document.querySelector(".preview .shown");
  const late = document.querySelector(".preview [data-late]");
  let timer;
  let underway = new AbortController();

  const ask = async () => {
    underway.abort(); // an older text must not arrive after this one
    underway = new AbortController();
    const { signal } = underway;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.preview, { method: "POST", body, signal, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      shown.innerHTML = await answer.text();
      late.hidden = true;
    } catch {
      if (!signal.aborted) late.hidden = false; // the next key, or the button, tries again
    }
  };

  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };

  form.addEventListener("input", askSoon);
  const text = form.elements.body;
  if (text.value !== text.defaultValue) askSoon(); // typed before this ran, or put back by the browser
}
