import { clickhouseHarness } from './support/stores/clickhouse.ts'
import { describeCrashes } from './support/stores/describe.ts'

describeCrashes(clickhouseHarness)
