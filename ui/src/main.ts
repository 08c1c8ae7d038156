import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { chooseBackend } from './backend/backend'
import { setLanguage, systemLanguage } from './i18n/i18n.svelte'

setLanguage(systemLanguage())
const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target, props: { backend: await chooseBackend() } })
