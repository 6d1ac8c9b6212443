"use strict";

// Without a secure context there is no clipboard, and no button.
if (navigator.clipboard) {
  for (const example of document.querySelectorAll("pre[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = example.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(example.querySelector("code").textContent);
      button.textContent = example.dataset.copied;
    });
    example.after(button);
  }
}
