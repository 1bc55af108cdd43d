import type { Database } from 'arangojs'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { followsPerPerson } from '../sizes.ts'

const documentsAtOnce = 500
const since = '2026-01-01T00:00:00Z'

/** Persons that follow others at random, none of them twice. */
export async function fillArango(database: Database, company: string, persons: number): Promise<void> {
  const random = seededRandom(1)
  const users = Array.from({ length: persons }, (_, at) => ({ _key: `u${at}`, company_id: company, user_id: `u${at}` }))
  const follows = users.flatMap(({ _key }, at) => {
    const others = new Set<number>()
    while (others.size < Math.min(followsPerPerson, persons - 1)) {
      const other = Math.floor(random() * persons)
      if (other !== at) others.add(other)
    }
    return [...others].map((other) => ({ _from: `users/${_key}`, _to: `users/u${other}`, company_id: company, since }))
  })
  for (const [collection, documents] of Object.entries({ users, follows })) {
    for (let start = 0; start < documents.length; start += documentsAtOnce) {
      const some = documents.slice(start, start + documentsAtOnce)
      await database.query('for one in @some insert one into @@collection', { some, '@collection': collection })
    }
  }
}
