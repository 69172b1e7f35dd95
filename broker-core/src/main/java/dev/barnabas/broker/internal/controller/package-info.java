/**
 * The control plane: decides on the controller's lane, writes metadata records, publishes images. Others reach it through
 * {@link dev.barnabas.broker.internal.controller.ControllerGateway} only.
 */
@NullMarked
package dev.barnabas.broker.internal.controller;

import org.jspecify.annotations.NullMarked;
