/** How a browser is let in: the token of the address that `sluice serve` shows, or the API key, for a cookie. */

/** The token in `address`, e.g. `http://127.0.0.1:8020/#token=abc` => `abc`; null where there is none. */
export function tokenOf(address: string): string | null {
  return new URLSearchParams(new URL(address).hash.slice(1)).get('token');
}

/** Resolves with null when the browser was let in, otherwise with the reason: a sentence for people. */
export async function openSession(
  proof: { readonly token: string } | { readonly key: string },
): Promise<string | null> {
  const [headers, body] = 'key' in proof ? [{ 'x-api-key': proof.key }, {}] : [{}, proof];
  try {
    const response = await fetch(new URL('session', document.baseURI), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (response.ok) return null;
    return ((await response.json()) as { error: string }).error;
  } catch {
    return 'Sluice does not answer. Is it still running?';
  }
}
