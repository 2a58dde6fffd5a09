"use strict";
// One bitrate at a time. The sentences of all of them come with the page.
{
  const articles = [...document.querySelectorAll("article.rate")], box = document.getElementById("rates");
  const choose = (chosen) => {
    for (const one of articles) one.hidden = one !== chosen;
    for (const button of box.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.rate === chosen.dataset.rate));
  };
  for (const article of articles) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.rate = article.dataset.rate;
    button.textContent = article.dataset.rate.replace(" kbps", "").replace(" to ", "–");
    button.setAttribute("aria-label", article.dataset.rate);
    button.addEventListener("click", () => choose(article));
    box.append(button);
  }
  box.append(" kbps");
  box.hidden = articles.length < 2;
  if (articles.length) choose(articles.find((one) => "chosen" in one.dataset) || articles[0]);
}
