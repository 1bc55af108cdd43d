const castArray = /\(ARRAY\[((?:[^[\]']|'(?:[^']|'')*')*)\]\)::([a-z][\w ]*)\[\]/g
const elementType = /^\s*'(?:[^']|'')*'::([a-z][\w ]*(?:\(\d+\))?)(?=\s*(?:,|$))/

/**
 * Keeps `status in ('a', 'b')` on a varchar what it is. PostgreSQL prints it as `(ARRAY['a'::character varying, …])::text[]`, but
 * reads that as a cast of each element, which prints otherwise again; a cast of its own on the array stops it.
 */
export function keepArrayCasts(sql: string): string {
  return sql.replaceAll(castArray, (whole, elements: string, target: string) => {
    const type = elementType.exec(elements)?.[1]
    return type === undefined || type === target ? whole : `(ARRAY[${elements}]::${type}[])::${target}[]`
  })
}
