// Before the search runs: a page opened from a file may not read the others, so results come
// without their excerpts there.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
