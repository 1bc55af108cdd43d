import { arangoHarness } from './support/stores/arango.ts'
import { describeCrashes } from './support/stores/describe.ts'

describeCrashes(arangoHarness)
