/**
 * Pulls the next item while the consumer works on the current one: a reader fills a unit while the target loads the one
 * before. Never more than one item ahead.
 */
export async function* readAhead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  let next = pull(iterator);
  try {
    for (;;) {
      const result = await next;
      if (result.done) return;
      next = pull(iterator);
      yield result.value;
    }
  } finally {
    // A pull that is still under way ends first; what it brings (or its error) is of no use to anybody now.
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}

function pull<Item>(iterator: AsyncIterator<Item>): Promise<IteratorResult<Item>> {
  const next = Promise.resolve(iterator.next());
  // The rejection is seen when the item is awaited; until then it must not count as unhandled.
  next.catch(() => undefined);
  return next;
}
