/**
 * Does `work` for every item, at most `limit` at the same time. Those that fail keep no other from being done; the first failure
 * is thrown when all have ended.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length)
  const failures: { readonly index: number; readonly error: unknown }[] = []
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item)
      } catch (error) {
        failures.push({ index, error })
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  const [first] = failures.sort((a, b) => a.index - b.index)
  if (first !== undefined) throw first.error
  return results
}
