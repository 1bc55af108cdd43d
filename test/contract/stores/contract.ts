import { describeEngine } from '../../support/engines.ts'
import { useStore } from './context.ts'
import { connecting } from './contract/connecting.ts'
import { exporting } from './contract/exporting.ts'
import { isolating } from './contract/isolating.ts'
import { limiting } from './contract/limiting.ts'
import { migrating } from './contract/migrating.ts'
import { neighbours } from './contract/neighbours.ts'
import { provisioning } from './contract/provisioning.ts'
import { randomly } from './contract/randomly.ts'
import { removing } from './contract/removing.ts'
import type { StoreHarness } from './harness.ts'

/** What every store must do, said of the interface alone and read back by the engine's own client. */
export function describeStore(harness: StoreHarness): void {
  describeEngine(harness.restsOn, `the store ${harness.engine.title}`, () => {
    const context = useStore(harness)
    connecting(harness, context)
    provisioning(harness, context)
    limiting(context)
    exporting(context)
    neighbours(context)
    removing(harness, context)
    isolating(context)
    migrating(harness, context)
    randomly(context)
  })
}
