// Looks again at how far a mailing is, while the page is seen and until it is done.

const PAUSE = 3_000; // milliseconds
const LONGEST = 60_000; // where the site does not answer

let pause = PAUSE;
if (running()) setTimeout(look, pause);

function running() {
  return document.querySelector("[data-running]");
}

async function look() {
  if (!document.hidden && !running().contains(document.activeElement)) {
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      running().replaceWith(document.adoptNode(page.querySelector("[data-numbers]")));
      pause = PAUSE;
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    }
  }
  if (running()) setTimeout(look, pause);
  else document.querySelector("[data-stop]")?.remove(); // there is nothing left to stop
}
