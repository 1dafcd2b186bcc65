// The page of the search: what was asked stands in its address, answers below the field.
(() => {
  "use strict";
  const lost = document.querySelector(".rb-search-lost");
  if (!window.rebuiltPlaces || !window.MiniSearch) {
    lost.hidden = false;
    return;
  }
  const { places, words } = window.rebuiltPlaces;
  const MOST = 40;
  const COMMON = new Set("a an and are as at be by can did do does for from has how i in is it its me much many of on or that the this to was what when where which who why will with you".split(" "));
  const CHINESE = /[\u3400-\u9fff]+|[^\s\p{P}\p{S}\u3400-\u9fff]+/gu;

  // Chinese has no spaces: a run of it is cut into single characters and pairs of neighbours.
  const cut = (text, pairsOnly) => (text.normalize("NFKC").match(CHINESE) ?? []).flatMap((word) => {
    if (!/[\u3400-\u9fff]/.test(word)) return [word];
    const letters = [...word];
    const pairs = letters.slice(1).map((letter, place) => letters[place] + letter);
    return pairsOnly && pairs.length ? pairs : [...letters, ...pairs];
  });
  const plain = (word) => {
    const small = word.toLowerCase();
    return COMMON.has(small) ? null : small;
  };
  const engine = new window.MiniSearch({
    fields: ["page", "heading", "text"],
    tokenize: (text) => cut(text, false),
    processTerm: plain,
  });
  engine.addAll(places.map((place, id) => ({ id, ...place })));
  lost.remove();

  // A word that is short, has a digit or is Chinese is meant as it is written; so is one that is
  // longer than any word, whose likes would take more memory than there is.
  const fuzzy = (word) => (/^[a-z]{5,40}$/.test(word) ? 0.2 : false);
  const prefix = (word) => word.length > 2;
  const options = {
    fuzzy, prefix, processTerm: plain, tokenize: (text) => cut(text, true),
    boost: { page: 3, heading: 4 },
  };
  // Each word may be another one for the same thing; all that were asked for must be there.
  const asked = (query) => {
    const lower = query.toLowerCase();
    const same = words.filter((group) => group.some((word) => (
      /[\u3400-\u9fff]/.test(word) ? lower.includes(word) : ` ${cut(lower, true).join(" ")} `.includes(` ${word} `))));
    const taken = same.flat();
    const rest = cut(lower, true).map(plain).filter((word) => word && !taken.some((other) => other.split(" ").includes(word)
      || (/[\u3400-\u9fff]/.test(word) && other.includes(word))));
    const parts = [
      ...same.map((group) => ({ combineWith: "OR", queries: group })),
      ...rest,
    ];
    return (combineWith) => ({ combineWith, queries: parts });
  };
  const search = (query) => {
    const tree = asked(query);
    const all = engine.search(tree("AND"), options);
    return all.length ? all : engine.search(tree("OR"), options);
  };

  // The sentence that holds most of the words that were found, the first of those that hold as many.
  const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
  const sentence = (text, terms) => {
    const holds = (part) => new Set(cut(part.toLowerCase(), false).filter((word) => terms.includes(word))).size;
    const parts = [...sentences.segment(text)].map(({ segment }) => segment.trim());
    return parts.reduce((best, part) => (holds(part) > holds(best) ? part : best), parts[0] ?? "");
  };
  const marked = (text, terms) => {
    const line = document.createDocumentFragment();
    const known = [...terms].sort((a, b) => b.length - a.length).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    for (const part of known.length ? text.split(new RegExp(`(${known.join("|")})`, "giu")) : [text]) {
      const found = terms.includes(part.toLowerCase());
      const piece = found ? document.createElement("mark") : document.createTextNode(part);
      if (found) piece.textContent = part;
      line.append(piece);
    }
    return line;
  };
  const shown = ({ id, terms }) => {
    const { page, heading, at, text } = places[id];
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = at;
    link.append(marked(heading, terms));
    item.append(link);
    if (heading !== page) {
      const where = document.createElement("span");
      where.className = "rb-found-page";
      where.textContent = page;
      item.append(" ", where);
    }
    const line = document.createElement("p");
    line.append(marked(sentence(text, terms), terms));
    item.append(line);
    return item;
  };

  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const results = document.getElementById("search-results");
  const field = document.getElementById("search-page-input");
  window.rebuiltSearch = (text) => search(text).map(({ id }) => places[id].at);
  if (!query) return;
  field.value = query;
  const found = search(query);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const number = found.length > MOST ? `The best ${MOST} of ${found.length} places` : `${found.length} ${found.length === 1 ? "place" : "places"}`;
  said.textContent = found.length ? `${number} for “${query}”.` : `Nothing was found for “${query}”. Try one word, or fewer letters of it.`;
  const list = document.createElement("ol");
  list.className = "rb-found";
  list.append(...found.slice(0, MOST).map(shown));
  results.append(said, list);
})();
