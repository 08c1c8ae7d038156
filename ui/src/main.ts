import { mount } from 'svelte'
import './app.css'
import { chooseBackend } from './backend/choose'
import { Live } from './state/live.svelte'

/** How long the window may stay empty for want of a state, in milliseconds. */
const PATIENCE = 100

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
const store = new Live(await chooseBackend())
// What is said and the snapshot are asked for while the components are read: a page that is drawn once is there sooner than
// one that is drawn empty first. An engine that takes its time is not waited for.
const started = Promise.race([store.start(), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
const [{ default: App }] = await Promise.all([import('./App.svelte'), started])
mount(App, { target, props: { store } })
