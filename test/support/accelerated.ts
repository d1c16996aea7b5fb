import { chromium, type LaunchOptions } from 'playwright-core';
import { canUnpack, softwareFlags, unpackChromium } from './chromium.ts';

/** How to start a browser and Dawn on this system; what it cannot start carries the reason. */
export interface Accelerated {
  browser: LaunchOptions | Missing;
  dawn: { env: Record<string, string> } | Missing;
}

/** Why a part of the test set cannot run here. */
export interface Missing {
  missing: string;
}

/** Finds the unpacked Chromium and software GPU on linux x64, else an installed Chrome and the system's GPU. */
export async function findAccelerated(): Promise<Accelerated> {
  if (canUnpack) {
    const { executablePath, environment: env } = await unpackChromium();
    return {
      browser: { executablePath, args: softwareFlags, env: { ...definedEnvironment(), ...env } },
      dawn: { env },
    };
  }
  const system = `this is ${process.platform} ${process.arch}`;
  return {
    browser: (await hasChrome())
      ? { channel: 'chrome', args: softwareFlags }
      : { missing: `the packaged Chromium runs on linux x64 only, ${system} and no Chrome is installed` },
    dawn: (await hasAdapter())
      ? { env: {} }
      : { missing: `the packaged software GPU runs on linux x64 only, ${system} and has no WebGPU adapter` },
  };
}

async function hasChrome(): Promise<boolean> {
  try {
    const browser = await chromium.launch({ channel: 'chrome', headless: true });
    await browser.close();
    return true;
  } catch {
    return false;
  }
}

async function hasAdapter(): Promise<boolean> {
  try {
    const { create } = await import('webgpu');
    return (await create([]).requestAdapter()) !== null;
  } catch {
    return false;
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
