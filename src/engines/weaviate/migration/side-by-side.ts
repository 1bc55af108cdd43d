/** One object of either list, or of both. */
export interface Pair<Item> {
  readonly left: Item | undefined
  readonly right: Item | undefined
}

/** Goes through two lists that are in the order of their ids, and puts the same ids together. */
export async function* sideBySide<Item extends { readonly id: string }>(
  lefts: AsyncIterable<Item>,
  rights: AsyncIterable<Item>,
): AsyncGenerator<Pair<Item>> {
  const [left, right] = [lefts[Symbol.asyncIterator](), rights[Symbol.asyncIterator]()]
  const next = async (list: AsyncIterator<Item>): Promise<Item | undefined> => {
    const result = await list.next()
    return result.done === true ? undefined : result.value
  }
  let [one, other] = [await next(left), await next(right)]
  while (one !== undefined || other !== undefined) {
    const isOne = other === undefined || (one !== undefined && one.id <= other.id)
    const isOther = one === undefined || (other !== undefined && other.id <= one.id)
    yield { left: isOne ? one : undefined, right: isOther ? other : undefined }
    if (isOne) one = await next(left)
    if (isOther) other = await next(right)
  }
}
