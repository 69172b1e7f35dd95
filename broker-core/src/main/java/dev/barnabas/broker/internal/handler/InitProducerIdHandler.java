package dev.barnabas.broker.internal.handler;

import dev.barnabas.broker.internal.partition.ProducerIds;
import dev.barnabas.broker.internal.request.ApiHandler;
import dev.barnabas.broker.internal.request.RequestContext;
import dev.barnabas.protocol.ApiException;
import dev.barnabas.protocol.ErrorCode;
import dev.barnabas.protocol.message.InitProducerIdRequest;
import dev.barnabas.protocol.message.InitProducerIdResponse;

/**
 * InitProducerId 0-5: a new id for an idempotent producer (KIP-98), every time with epoch 0. Transactional ids belong to
 * the transaction coordinator, which this broker does not have: they are refused with UNSUPPORTED_VERSION, which is
 * final for clients.
 */
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest> {

    private static final long NO_ID = -1;
    private static final short NO_EPOCH = -1;

    private final ProducerIds ids;

    public InitProducerIdHandler(ProducerIds ids) {
        this.ids = ids;
    }

    @Override
    public void handle(InitProducerIdRequest request, RequestContext context) {
        String transactionalId = request.transactionalId();
        boolean resumes = request.producerId() != NO_ID;
        if ((transactionalId != null && transactionalId.isEmpty())
                || resumes != (request.producerEpoch() != NO_EPOCH)) {
            context.respond(refused(ErrorCode.INVALID_REQUEST));
        } else if (transactionalId != null) {
            context.respond(refused(ErrorCode.UNSUPPORTED_VERSION));
        } else {
            ids.allocate(new ProducerIds.Waiter() {
                @Override
                public void onId(long id) {
                    context.respond(
                            new InitProducerIdResponse().setProducerId(id).setProducerEpoch((short) 0));
                }

                @Override
                public void onFailure(ApiException error) {
                    context.respond(refused(error.error()));
                }
            });
        }
    }

    private static InitProducerIdResponse refused(ErrorCode error) {
        return new InitProducerIdResponse()
                .setErrorCode(error.code())
                .setProducerId(NO_ID)
                .setProducerEpoch(NO_EPOCH);
    }

    @Override
    public InitProducerIdResponse failed(InitProducerIdRequest request, int version, ApiException error) {
        return refused(error.error());
    }
}
