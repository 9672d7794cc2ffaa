/// Stock servers of restic's REST protocol, fetched once and run as processes, for tests of compatibility.
@NullMarked
package dev.reprise.testkit.rest;

import org.jspecify.annotations.NullMarked;
