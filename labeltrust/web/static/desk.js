// The desk by keyboard: 1 to 9 choose, Enter submits, s cannot tell, u takes the last one back.
"use strict";

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const form = document.getElementById("answer");
  if (!form || isTyping(event.target)) return;
  const choice = /^[1-9]$/.test(event.key) && form.querySelector(`[data-key="${event.key}"]`);
  if (choice) {
    choice.checked = true;
    choice.focus();
  } else if (event.key === "Enter" && !event.target.matches("button, a, summary")) {
    form.requestSubmit(form.querySelector("[data-submit]"));
  } else if (event.key === "s") {
    form.requestSubmit(form.querySelector("[data-skip]"));
  } else if (event.key === "u") {
    document.querySelector("[data-undo]").click();
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("#answer textarea, #answer input[name=label]");
  if (field && !document.querySelector("#answer [data-key]")) field.focus();
});
