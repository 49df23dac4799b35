// Durations in the reader's language.
import * as time from '../model/time';
import { locale } from './index.svelte';

export const duration = (milliseconds: number): string => time.duration(milliseconds, locale());
export const interval = (milliseconds: number): string => time.interval(milliseconds, locale());
