/** Settings as they are before the schema has seen them. */
export type Tree = Record<string, unknown>

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at `path`, or undefined where the tree does not reach that far. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined), tree)
}

/** Sets `path` in place. Groups on the way that are missing are made by `start`; something else in their place is left, for the schema to refuse. */
export function setAt(
  tree: Tree,
  path: readonly string[],
  value: unknown,
  start: (path: readonly string[]) => Tree,
): void {
  let node = tree
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const child = node[key] === undefined ? start(path.slice(0, depth + 1)) : node[key]
    if (!isTree(child)) return
    node[key] = child
    node = child
  }
  node[path.at(-1) ?? ''] = value
}

/** Drops groups that are null: YAML's `postgres:` with nothing but comments below it says nothing. */
export function withoutEmptyGroups(
  tree: Tree,
  isGroup: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): Tree {
  const kept: Tree = {}
  for (const [key, value] of Object.entries(tree)) {
    const place = [...path, key]
    if (value === null && isGroup(place)) continue
    kept[key] = isTree(value) ? withoutEmptyGroups(value, isGroup, place) : value
  }
  return kept
}
