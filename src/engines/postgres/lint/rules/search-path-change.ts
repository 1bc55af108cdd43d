import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { settingChanges } from '../settings.ts'

export const searchPathChange: Rule = {
  id: 'search-path-change',
  severity: 'error',
  summary: 'A migration changes search_path.',
  why: "dbsvc replays one text for every company and sets search_path to the company's schema. With another path the names that follow mean other tables, the same ones for all companies.",
  mend: 'Leave search_path alone and names unqualified; schemas that companies need behind their own go into migrations.searchPath.',
  directions: bothWays,
  *statement({ statement }) {
    for (const { name } of settingChanges(statement)) {
      if (name === 'search_path' || name === 'all')
        yield { message: 'search_path is changed; dbsvc chooses the schema' }
    }
  },
}
