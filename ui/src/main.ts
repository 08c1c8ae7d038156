import { mount } from 'svelte'
import './app.css'
import App from './App.svelte'
import { chooseBackend } from './backend/backend'
import { setLanguage, systemLanguage, t } from './i18n/i18n.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
const [backend] = await Promise.all([chooseBackend(), setLanguage(systemLanguage())])
if (backend) mount(App, { target, props: { backend } })
else target.textContent = t('trouble.no_engine')
