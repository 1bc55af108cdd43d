import { type ClassDefinition, companyProperty, nameOf } from '../classes.ts'
import type { Connection } from '../connection.ts'
import { listPages } from '../objects.ts'

/** How many objects of a shared class belong to the company. */
export async function countRows(connection: Connection, definition: ClassDefinition, company: string): Promise<number> {
  let count = 0
  for await (const ids of idsOf(connection, definition, company)) count += ids.length
  return count
}

/** Removes them one by one, by id. */
export async function removeRows(connection: Connection, definition: ClassDefinition, company: string): Promise<void> {
  const { data } = connection.client.collections.use(nameOf(definition))
  for await (const ids of idsOf(connection, definition, company)) {
    for (const id of ids) await data.deleteById(id)
  }
}

/**
 * Compared here and not by the server: with the tokenization `word`, which is its default, a filter on `company_a` also finds
 * `company_a_b`, and a delete by that filter would take another company's objects.
 */
async function* idsOf(
  connection: Connection,
  definition: ClassDefinition,
  company: string,
): AsyncGenerator<readonly string[]> {
  for await (const page of listPages(connection, { className: nameOf(definition), vectors: false })) {
    yield page.filter(({ properties }) => properties?.[companyProperty] === company).map(({ id }) => id)
  }
}
