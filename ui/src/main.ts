import { mount } from 'svelte'
import './app.css'
import { chooseBackend } from './backend/choose'
import { Live } from './state/live.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
const store = new Live(await chooseBackend())
// What is said and the snapshot are asked for while the components are read. The frame does not wait for the snapshot.
void store.start()
const { default: App } = await import('./App.svelte')
mount(App, { target, props: { store } })
