/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_EMERGENCY_H
#define HIB_EMERGENCY_H

struct hib_codec_ops;
struct hib_session;

void hib_emergency_begin(struct hib_session *s);
unsigned int hib_emergency_left_ms(const struct hib_session *s);
unsigned int hib_emergency_wait_ms(const struct hib_session *s, unsigned int usual_ms);
const struct hib_codec_ops *hib_emergency_codec(const struct hib_session *s);
unsigned long hib_emergency_image_size(const struct hib_session *s);
void hib_emergency_tell(const struct hib_session *s);

#endif
