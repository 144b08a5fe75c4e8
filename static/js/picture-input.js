// Says that a picture is too large before it travels. The server says the same to whoever sends it.

for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  const words = input.parentElement.querySelector("[role=alert]");
  input.addEventListener("change", () => {
    const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
    words.hidden = !tooLarge;
    if (tooLarge) input.value = "";
  });
}
