/** True for the page itself, whatever its query and fragment. */
export function isSamePage(url: string, page: string): boolean {
  if (!URL.canParse(url)) return false;
  const [given, own] = [new URL(url), new URL(page)];
  // `origin` is "null" for every scheme that Node does not know.
  return (['protocol', 'username', 'password', 'host', 'pathname'] as const).every((part) => given[part] === own[part]);
}
