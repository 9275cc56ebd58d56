export { configuration as default } from './dist/cachesmith.js'
