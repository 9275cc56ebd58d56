export { type CliConfig, defineConfig, type InspectorAddress } from './config.js'
export type { WarmTask } from './warm-task.js'
