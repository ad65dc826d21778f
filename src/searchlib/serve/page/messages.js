// What the page says, in the languages of its interface.

const TEXTS = {
  en: {
    name: "English",
    search: "Search",
    query: "Search for",
    placeholder: "Search",
    skip: "Skip to the results",
    suggestions: "Suggestions",
    interface: "Language of this page",
    filters: "Filters",
    filtersOf: (n) => (n ? `Filters (${n})` : "Filters"),
    results: "Results",
    pages: "Pages",
    found: { one: "{n} result", other: "{n} results" },
    all: { one: "{n} document", other: "{n} documents" },
    sort: "Sort",
    relevance: "Relevance",
    newest: "Newest first",
    oldest: "Oldest first",
    highest: "{field}, highest first",
    lowest: "{field}, lowest first",
    alphabetical: "{field}, A to Z",
    nothing: "Nothing found.",
    nothingYet: "There are no documents yet.",
    tryFewer: "Take away a filter, or look for fewer words.",
    clear: "Clear all filters",
    remove: "Remove filter {value}",
    from: "From",
    to: "To",
    find: "Find in {field}",
    more: "Show more",
    fewer: "Show fewer",
    others: "{n} more",
    yes: "Yes",
    no: "No",
    previous: "Previous",
    next: "Next",
    page: "Page {n} of {all}",
    back: "Back to the results",
    details: "Details",
    similar: "Similar documents",
    meant: "Did you mean {query}?",
    corrected: "No document has “{word}”. These have words like it.",
    unknown: "No document has “{word}”.",
    misread: "Part of the query could not be read as it was meant:",
    busy: "The server is busy. Try again in a moment.",
    slow: "This search takes too long. Look for less.",
    gone: "This document is not there any more.",
    offline: "The server does not answer.",
    wrong: "This cannot be searched for:",
    again: "Try again",
    anew: "Start anew",
    fields: {},
  },
  fr: {
    name: "Français",
    search: "Recherche",
    query: "Rechercher",
    placeholder: "Rechercher",
    skip: "Aller aux résultats",
    suggestions: "Suggestions",
    interface: "Langue de cette page",
    filters: "Filtres",
    filtersOf: (n) => (n ? `Filtres (${n})` : "Filtres"),
    results: "Résultats",
    pages: "Pages",
    found: { one: "{n} résultat", many: "{n} résultats", other: "{n} résultats" },
    all: { one: "{n} document", many: "{n} documents", other: "{n} documents" },
    sort: "Trier",
    relevance: "Pertinence",
    newest: "Les plus récents",
    oldest: "Les plus anciens",
    highest: "{field}, ordre décroissant",
    lowest: "{field}, ordre croissant",
    alphabetical: "{field}, de A à Z",
    nothing: "Aucun résultat.",
    nothingYet: "Il n’y a pas encore de documents.",
    tryFewer: "Retirez un filtre, ou cherchez moins de mots.",
    clear: "Retirer tous les filtres",
    remove: "Retirer le filtre {value}",
    from: "Du",
    to: "Au",
    find: "Chercher dans {field}",
    more: "Afficher plus",
    fewer: "Afficher moins",
    others: "{n} autres",
    yes: "Oui",
    no: "Non",
    previous: "Précédente",
    next: "Suivante",
    page: "Page {n} sur {all}",
    back: "Retour aux résultats",
    details: "Détails",
    similar: "Documents semblables",
    meant: "Vouliez-vous dire {query} ?",
    corrected: "Aucun document ne contient « {word} ». Ceux-ci ont des mots proches.",
    unknown: "Aucun document ne contient « {word} ».",
    misread: "Une partie de la requête n’a pas pu être lue comme prévu :",
    busy: "Le serveur est occupé. Réessayez dans un instant.",
    slow: "Cette recherche prend trop de temps. Cherchez moins à la fois.",
    gone: "Ce document n’est plus là.",
    offline: "Le serveur ne répond pas.",
    wrong: "Cette recherche n’est pas possible :",
    again: "Réessayer",
    anew: "Recommencer",
    fields: {
      author: "Auteur", category: "Catégorie", country: "Pays", date: "Date", kind: "Genre",
      organisation: "Organisation", organization: "Organisation", pages: "Pages",
      place: "Lieu", published: "Publication", section: "Rubrique", source: "Source",
      status: "Statut", tag: "Mot-clé", tags: "Mots-clés", topic: "Thème", type: "Type",
      year: "Année", days: "Jours cités", price: "Prix", title: "Titre",
    },
  },
  vi: {
    name: "Tiếng Việt",
    search: "Tìm kiếm",
    query: "Tìm",
    placeholder: "Tìm kiếm",
    skip: "Đến phần kết quả",
    suggestions: "Gợi ý",
    interface: "Ngôn ngữ của trang",
    filters: "Bộ lọc",
    filtersOf: (n) => (n ? `Bộ lọc (${n})` : "Bộ lọc"),
    results: "Kết quả",
    pages: "Các trang",
    found: { other: "{n} kết quả" },
    all: { other: "{n} văn bản" },
    sort: "Sắp xếp",
    relevance: "Độ phù hợp",
    newest: "Mới nhất trước",
    oldest: "Cũ nhất trước",
    highest: "{field}, giảm dần",
    lowest: "{field}, tăng dần",
    alphabetical: "{field}, A đến Z",
    nothing: "Không tìm thấy gì.",
    nothingYet: "Chưa có văn bản nào.",
    tryFewer: "Hãy bỏ bớt bộ lọc hoặc tìm ít từ hơn.",
    clear: "Bỏ tất cả bộ lọc",
    remove: "Bỏ bộ lọc {value}",
    from: "Từ ngày",
    to: "Đến ngày",
    find: "Tìm trong {field}",
    more: "Xem thêm",
    fewer: "Thu gọn",
    others: "{n} mục khác",
    yes: "Có",
    no: "Không",
    previous: "Trước",
    next: "Sau",
    page: "Trang {n} / {all}",
    back: "Về kết quả",
    details: "Chi tiết",
    similar: "Văn bản tương tự",
    meant: "Có phải bạn muốn tìm {query}?",
    corrected: "Không có văn bản nào chứa “{word}”. Đây là những văn bản có từ gần giống.",
    unknown: "Không có văn bản nào chứa “{word}”.",
    misread: "Một phần của truy vấn không đọc được như mong muốn:",
    busy: "Máy chủ đang bận. Hãy thử lại sau giây lát.",
    slow: "Tìm kiếm này mất quá nhiều thời gian. Hãy tìm ít hơn.",
    gone: "Văn bản này không còn nữa.",
    offline: "Máy chủ không trả lời.",
    wrong: "Không thể tìm kiếm như vậy:",
    again: "Thử lại",
    anew: "Bắt đầu lại",
    fields: {
      author: "Tác giả", category: "Danh mục", country: "Quốc gia", date: "Ngày", kind: "Loại",
      organisation: "Tổ chức", organization: "Tổ chức", pages: "Số trang", place: "Địa điểm",
      published: "Ngày đăng", section: "Chuyên mục", source: "Nguồn", status: "Trạng thái",
      tag: "Thẻ", tags: "Thẻ", topic: "Chủ đề", type: "Loại", year: "Năm",
      days: "Ngày được nhắc đến", price: "Giá", title: "Tiêu đề",
    },
  },
};

const LANGUAGE = { en: "Language", fr: "Langue", vi: "Ngôn ngữ" };

export const INTERFACES = ["vi", "fr", "en"];

/** The language of the interface: the one asked for, else the first that the browser speaks. */
export function chooseInterface(asked) {
  const spoken = [asked, ...navigator.languages].map((tag) => String(tag).split("-")[0]);
  return spoken.find((code) => INTERFACES.includes(code)) ?? "en";
}

/** What is said in one language, and how it writes numbers, days and names. */
export class Messages {
  constructor(code) {
    this.code = code;
    this.texts = TEXTS[code];
    // Days and numbers as where the reader is: in English a day has its place on either side.
    const regional = navigator.languages.find((tag) => tag.split("-")[0] === code) ?? code;
    this.numbers = new Intl.NumberFormat(regional);
    this.plurals = new Intl.PluralRules(code);
    this.days = new Intl.DateTimeFormat(regional, { dateStyle: "long", timeZone: "UTC" });
    this.names = new Intl.DisplayNames(code, { type: "language" });
  }

  static nameOf(code) {
    return TEXTS[code].name;
  }

  /** A text, with what it holds in braces filled in. */
  say(key, values = {}) {
    return this.fill(this.texts[key], values);
  }

  /** A text that depends on a number. */
  count(key, number) {
    const forms = this.texts[key];
    return this.fill(forms[this.plurals.select(number)] ?? forms.other, { n: this.number(number) });
  }

  fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  number(value) {
    return this.numbers.format(value);
  }

  day(iso) {
    const moment = new Date(iso.length === 10 ? `${iso}T00:00:00Z` : iso);
    return Number.isNaN(moment.getTime()) ? iso : this.days.format(moment);
  }

  /** A language's name: "Vietnamese", "vietnamien", "Tiếng Việt". */
  language(code) {
    try {
      const name = this.names.of(code);
      return name.charAt(0).toLocaleUpperCase(this.code) + name.slice(1);
    } catch {
      return code;
    }
  }

  /** What people call a field: "pub_date" is "Pub date". */
  field(name) {
    if (name === "_language") return LANGUAGE[this.code];
    const known = this.texts.fields[name.toLowerCase()];
    const words = name.replaceAll("_", " ").replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").trim();
    return known ?? words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
  }
}
