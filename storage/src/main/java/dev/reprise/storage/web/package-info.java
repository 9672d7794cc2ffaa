/// What places share that speak HTTP through the JDK's client: proxies and certificates of the settings, requests that
/// stand still and are given up, bodies of a known length, access tokens and the JSON they come in. Nothing here knows
/// a service.
@NullMarked
package dev.reprise.storage.web;

import org.jspecify.annotations.NullMarked;
