/** `shop` => `shop_clone`, then `shop_clone_2`, ...: the first that none of `others` has. */
export function cloneName(name: string, others: readonly { readonly name: string }[]): string {
  const taken = new Set(others.map((other) => other.name));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? `${name}_clone` : `${name}_clone_${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
