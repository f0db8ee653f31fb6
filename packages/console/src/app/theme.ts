// The look of the console in one place: typefaces, sizes and weights, radii, spacing, and the colours of both schemes.
// Every text colour has a contrast of at least 4.5:1 on the surfaces that it stands on (WCAG 2.2 AA).
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import { DARK_REFUSALS, LIGHT_REFUSALS, refusalVariables } from '../components/refusal-colours.ts'

/** The accent colour: the blue-green of aged brass. */
const verdigris: MantineColorsTuple = [
  ...['#ecf6f5', '#d6ecea', '#aedbd8', '#7fc7c2', '#4bb0aa', '#239692', '#137f7c', '#0d6a69', '#0a5959', '#084646'],
] as const

const red: MantineColorsTuple = [
  ...['#fdf1ef', '#fbe1dd', '#f6c3bc', '#ef9c92', '#e6705f', '#d64c3b', '#c23526', '#ad2a1d', '#92231a', '#761d17'],
] as const

const gray: MantineColorsTuple = [
  ...['#f5f6f6', '#eceeee', '#e2e5e5', '#d6dada', '#c3c9c9', '#9ba3a3', '#768080', '#535d5d', '#343c3c', '#1d2323'],
] as const

const dark: MantineColorsTuple = [
  ...['#e6eaea', '#c6cccc', '#a4acac', '#8a9393', '#343b3c', '#272d2e', '#202627', '#181c1d', '#101314', '#0a0c0d'],
] as const

export const theme = createTheme({
  primaryColor: 'verdigris',
  // White text on these shades has a contrast of at least 4.5:1, also while a button is hovered or pressed.
  primaryShade: { light: 7, dark: 6 },
  black: '#141a1a',
  colors: { verdigris, red, gray, dark },
  fontFamily: "'Inter Variable', 'Inter Fallback', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  fontWeights: { regular: '400', medium: '550', bold: '620' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontFamily: 'inherit',
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.375rem', fontWeight: '650', lineHeight: '1.3' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1.25rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '11px', xl: '16px' },
  shadows: {
    xs: '0 1px 2px rgb(10 20 20 / 6%)',
    sm: '0 1px 3px rgb(10 20 20 / 8%)',
    md: '0 0 0 1px rgb(10 20 20 / 7%), 0 6px 18px -4px rgb(10 20 20 / 16%)',
    lg: '0 0 0 1px rgb(10 20 20 / 7%), 0 12px 32px -6px rgb(10 20 20 / 22%)',
    xl: '0 0 0 1px rgb(10 20 20 / 7%), 0 20px 56px -8px rgb(10 20 20 / 30%)',
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: false } } },
    Modal: { defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': 'Close' } } },
    ActionIcon: { defaultProps: { size: 32, variant: 'subtle', color: 'gray' } },
    Paper: { defaultProps: { radius: 'lg' } },
    Alert: { defaultProps: { radius: 'lg' } },
    Menu: { defaultProps: { shadow: 'lg', radius: 'md' } },
    Table: { defaultProps: { horizontalSpacing: 'sm' } },
  },
})

/** The variables that console.css uses, and the variables of Mantine to which the console gives other values. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--lk-mark': verdigris[7],
    '--lk-weight-heading': '620',
    '--lk-weight-strong': '550',
    '--lk-size-number': '1.625rem',
  },
  light: {
    '--mantine-color-dimmed': gray[7],
    '--mantine-color-placeholder': '#626c6c',
    '--mantine-color-anchor': verdigris[7],
    '--mantine-color-error': red[8],
    '--mantine-color-default-border': '#cdd3d3',
    '--mantine-color-gray-light-color': gray[8],
    '--mantine-color-verdigris-light-color': verdigris[8],
    '--lk-canvas': gray[0],
    '--lk-panel': '#f4f6f6',
    '--lk-line': '#e9ecec',
    '--lk-edge': 'rgb(16 32 32 / 8%)',
    '--lk-control-edge': '#8c9595',
    '--lk-raised': '0 1px 2px rgb(16 32 32 / 4%)',
    '--lk-hover': '#f7f9f9',
    '--lk-selected': verdigris[0],
    '--lk-track': '#dfe4e4',
    '--lk-ok': '#1d6a33',
    '--lk-ok-soft': '#e6f3e8',
    '--lk-warning': '#8a4200',
    '--lk-warning-soft': '#fcefdc',
    '--lk-danger': red[8],
    '--lk-danger-soft': '#fce9e6',
    '--lk-info': verdigris[8],
    '--lk-info-soft': verdigris[0],
    '--lk-quiet': gray[7],
    '--lk-quiet-soft': '#edf0f0',
    '--lk-blue': '#1c5fa8',
    '--lk-blue-soft': '#e4effa',
    '--lk-violet': '#6238a8',
    '--lk-violet-soft': '#f0eafa',
    '--lk-issued': verdigris[7],
    '--lk-superseded': '#c2410c',
    '--lk-other': '#4b5656',
    '--lk-reused': '#5fb3ad',
    '--lk-shared': '#b8a04a',
    ...refusalVariables(LIGHT_REFUSALS),
  },
  dark: {
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': '#98a1a1',
    '--mantine-color-anchor': '#6fd0c8',
    '--mantine-color-error': '#ffa79b',
    '--mantine-color-gray-light-color': dark[0],
    '--mantine-color-verdigris-light-color': '#86dbd3',
    '--lk-canvas': dark[8],
    '--lk-panel': '#121617',
    '--lk-line': '#262c2d',
    '--lk-edge': 'rgb(226 242 242 / 9%)',
    '--lk-control-edge': '#737d7d',
    '--lk-raised': '0 1px 2px rgb(0 0 0 / 30%)',
    '--lk-hover': '#1d2223',
    '--lk-selected': '#15302f',
    '--lk-track': '#30383a',
    '--lk-ok': '#84d996',
    '--lk-ok-soft': '#152b1b',
    '--lk-warning': '#f5b766',
    '--lk-warning-soft': '#33240f',
    '--lk-danger': '#ffa79b',
    '--lk-danger-soft': '#3a1a17',
    '--lk-info': '#86dbd3',
    '--lk-info-soft': '#12302f',
    '--lk-quiet': '#b3bbbb',
    '--lk-quiet-soft': '#262c2d',
    '--lk-blue': '#8fc1f5',
    '--lk-blue-soft': '#14283c',
    '--lk-violet': '#c5adf5',
    '--lk-violet-soft': '#291f3d',
    '--lk-issued': '#4fc0b8',
    '--lk-superseded': '#ff922b',
    '--lk-other': '#b9c2c2',
    '--lk-reused': '#24746f',
    '--lk-shared': '#d9c46a',
    ...refusalVariables(DARK_REFUSALS),
  },
})
